/** Where a definition comes from: the paper or the reference implementation, as an auditor would cite it. */
export interface Source {
  readonly text: string
  readonly url?: string | undefined
}

const doi = (text: string, id: string): Source => ({ text, url: `https://doi.org/${id}` })
const sklearn = (page: string): Source => ({
  text: `scikit-learn ${page}`,
  url: `https://scikit-learn.org/stable/modules/generated/sklearn.metrics.${page}.html`,
})

export const SOURCES = {
  hanley: doi('Hanley & McNeil 1982', '10.1148/radiology.143.1.7063747'),
  averagePrecision: sklearn('average_precision_score'),
  confusion: doi('Fawcett 2006', '10.1016/j.patrec.2005.10.010'),
  balanced: doi('Brodersen et al. 2010', '10.1109/ICPR.2010.764'),
  fBeta: { text: 'van Rijsbergen 1979, Information Retrieval, ch. 7' },
  mcc: doi('Matthews 1975', '10.1016/0005-2795(75)90109-9'),
  logLoss: sklearn('log_loss'),
  brier: doi('Brier 1950', '10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2'),
  ece: doi('Naeini, Cooper & Hauskrecht 2015', '10.1609/aaai.v29i1.9602'),
  topK: sklearn('top_k_accuracy_score'),
  averages: doi('Sokolova & Lapalme 2009', '10.1016/j.ipm.2009.03.002'),
  errors: doi('Hyndman & Koehler 2006', '10.1016/j.ijforecast.2006.03.001'),
  pinball: doi('Koenker & Bassett 1978', '10.2307/1913643'),
  delong: doi('DeLong, DeLong & Clarke-Pearson 1988; Sun & Xu 2014', '10.1109/LSP.2014.2337313'),
  bca: doi('Efron 1987', '10.1080/01621459.1987.10478410'),
  mcnemar: doi('McNemar 1947; Fagerland, Lydersen & Laake 2013', '10.1186/1471-2288-13-91'),
  wilson: doi('Wilson 1927', '10.1080/01621459.1927.10502953'),
  bh: doi('Benjamini & Hochberg 1995', '10.1111/j.2517-6161.1995.tb02031.x'),
  nonInferiority: doi('Piaggio et al. 2012 (CONSORT)', '10.1001/jama.2012.87802'),
  churn: { text: 'Yan et al. 2021, Positive-Congruent Training', url: 'https://arxiv.org/abs/2011.09161' },
  ledger: { text: 'Dwork et al. 2015, the reusable holdout', url: 'https://doi.org/10.1126/science.aaa9375' },
  noise: { text: 'Bouthillier et al. 2021, Accounting for Variance', url: 'https://arxiv.org/abs/2103.03098' },
  segments: doi('Chung et al. 2019, Slice Finder', '10.1109/TKDE.2019.2916074'),
  parity: {
    text: 'Dwork et al. 2012; fairlearn',
    url: 'https://fairlearn.org/main/user_guide/assessment/common_fairness_metrics.html',
  },
  odds: { text: 'Hardt, Price & Srebro 2016', url: 'https://arxiv.org/abs/1610.02413' },
  predictive: doi('Chouldechova 2017', '10.1089/big.2016.0047'),
  groupCalibration: { text: 'Kleinberg, Mullainathan & Raghavan 2017', url: 'https://arxiv.org/abs/1609.05807' },
  fairRegression: { text: 'Agarwal, Dudík & Wu 2019, Fair Regression', url: 'https://arxiv.org/abs/1905.12843' },
  unified: doi('after Feldman & Cousins 1998', '10.1103/PhysRevD.57.3873'),
  consistency: { text: 'Zemel et al. 2013', url: 'https://proceedings.mlr.press/v28/zemel13.html' },
  counterfactual: { text: 'after Kusner et al. 2017', url: 'https://arxiv.org/abs/1703.06856' },
  behaviour: doi('Ribeiro et al. 2020, CheckList', '10.18653/v1/2020.acl-main.442'),
  psi: { text: 'Yurdakul 2018', url: 'https://scholarworks.wmich.edu/dissertations/3208' },
  chi2: doi('Pearson 1900', '10.1080/14786440009463897'),
  ks: doi('Hodges 1958', '10.1007/BF02589501'),
} as const satisfies Readonly<Record<string, Source>>
