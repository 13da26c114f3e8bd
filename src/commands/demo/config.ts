/** The demo's `.github/refit.yml`; `examples/churn` shows the same text, and a test holds them together. */
export const DEMO_CONFIG = `# One row per customer and month; churned is known a month later, until then it is blank.
models:
  churn:
    data:
      source: data/customers-*.csv
      label: churned
      time: billed_at
      id: customer_id
      ignore: [signup_date] # says what tenure_months says, and drifts by nature
    expect:
      rows: { min: 2000 }
      age: { min: 16, max: 110, missing: { max: 0.1 } }
      discount: { min: 0, max: 100 }
      monthly_usage: { min: 0, missing: { max: 0.15 } }
    triggers:
      performance: { drop: 0.05, max-rows: 3000 }
      drift: { max-share: 0.3 }
      volume: { rows: 20000 }
    train:
      model: mlp
      window: 30d # a month is plenty, and what held before the last change teaches nothing
    evaluate:
      primary: auc
      holdout: { last: 7% } # the newest weeks; a candidate must learn from newer rows than the last one did
      slices: [plan, region]
      value: { tp: 60, fp: -8, unit: EUR } # a customer who is kept; a voucher for one who would have stayed
      fairness: { protected: gender }
    gates:
      - { metric: auc, versus: champion, margin: 0.01 }
      - { metric: auc, versus: baseline, better: true }
      - { metric: auc, min: 0.7 }
    rollout:
      gateway: { url: 'http://127.0.0.1:8080' }
      stages:
        - staging
        - shadow: { requests: 500 }
        - canary: { percent: 20, for: 1h, requests: 150 }
        - canary: { percent: 50, for: 1h, requests: 300 }
        - full
`

/** The rule that would have stopped the harmful candidate: no month has more than 744 hours. */
export const LESSON = {
  before: 'monthly_usage: { min: 0, missing',
  after: 'monthly_usage: { min: 0, max: 744, missing',
} as const
