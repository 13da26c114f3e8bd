/** Frequent given names of many countries, in lower case: most columns of people’s names have a good share of them. */
export const GIVEN_NAMES: ReadonlySet<string> = new Set(
  `aaron abdul abdullah abigail adam adrian ahmed aisha akira alan albert alejandra alejandro aleksandr alessandro alex
  alexander alexandra alexis alfred ali alice alicia alina allison amanda amber amelia amir amy ana anastasia andre andrea
  andreas andrei andrew andrzej angela angelica anita anjali ann anna anne annika anthony anton antonio arjun arthur ashley
  astrid ayse barbara beatriz ben benjamin bernard beth bettina betty beverly bianca bjorn bob boris brandon brenda brian
  brigitte bruce bruno bryan camila carl carla carlos carmen carol caroline carolyn catherine cecilia charles charlotte chen
  chiara chloe chris christian christina christine christoph christopher clara claudia claire colin craig crystal cynthia
  dan daniel daniela danielle david deborah deepak denise dennis diana diane diego dieter dimitri dmitri dominik donald donna
  doris dorothy douglas dylan edith eduardo edward elena elias elif elisabeth elizabeth ella ellen emil emily emma emmanuel
  enrique eric erik erika erin ernst esther ethan eugene eva evelyn fabian fatima felix fernando filip florian frances
  francesca francesco francisco franz fred frederick friedrich fritz gabriel gabriela gary george georg gerald gerhard
  giovanni giulia gloria greg gregory guillaume guillermo gustav hannah hans harold harry hassan heather hector heidi heinz
  helen helena helga henrik henry herbert hiroshi hugo hussein ian ibrahim igor ines ingrid irene irina isaac isabel isabella
  ivan jack jacob jacqueline jakob jakub james jamie jan jane janet janice jason javier jean jeff jeffrey jennifer jens jeremy
  jerry jesse jessica jesus joan joao joe johan johann johanna john jonas jonathan jordan jorge jose joseph joshua joyce juan
  juana judith judy julia julian julie julien jun jurgen justin kai karen karin karl karolina katarzyna kate katharina
  katherine kathleen kathryn kathy katja keiko keith kelly ken kenji kenneth kevin kim klaus krishna kristina kumar kurt kyle
  lars laura lauren laurent lea leah lena leo leon leonardo leonie li liam lina linda lisa liu logan louis louise luca lucas
  lucia luis luisa luka lukas luke magdalena mahmoud malgorzata manfred manuel manuela marc marco marcus margaret margarita
  maria mariam mariana marie marilyn marina mario marion mark markus marta martha martin martina mary maryam mateo matteo
  matthew matthias max maximilian maya megan mehmet mei melanie melissa mia michael michal michel michelle miguel mikhail
  milan mohamed mohammad mohammed monica monika muhammad mustafa nadia nancy naomi natalia natalie natasha nathan neha nicholas
  nick nicolas nicole niklas nikolai nina noah nora olaf oleg olga oliver olivia omar oscar otto pablo pamela paola patricia
  patrick paul paula paulo pavel pedro peggy peter petra philip philipp philippe pierre piotr priya rachel rafael rahul raj
  rajesh ralf ralph ramon raquel raul raymond rebecca regina reinhard renate ricardo richard rita robert roberto robin rodrigo
  roger roland roman ronald rosa rose roxanne roy ruben rudolf russell ruth ryan sabine sabrina said salma sam samantha samuel
  sandra sanjay santiago sara sarah scott sean sebastian serena sergei sergey sergio sharon shirley silvia simon simone sofia
  sonia sophia sophie stefan stefanie stephanie stephen steve steven stuart sunil susan susanne suresh svetlana sven sylvia
  takashi tamara tanja tanya tatiana teresa terry theo theresa thomas tim timothy tina tobias todd tom tomas tomasz tony tyler
  ulrich ulrike ursula uwe valentina vanessa vera veronica vera victor victoria viktor vincent vladimir wang walter wayne wei
  werner wilhelm william wolfgang xavier yan yang yasmin yolanda youssef yuki yuri yusuf yvonne zachary zhang zoe
  александр алексей анна андрей дмитрий елена иван ирина мария михаил наталья ольга сергей татьяна юлия`.split(/\s+/),
)
