"""Roots of words with what each tells, to weigh how much of a sentence a passage holds. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from bot.reading.claims import STOPWORDS, folded
from bot.reading.irregular import BASES

ROOT: Final = 5
"""Letters of a root. On AttributionBench the first five tell more than stems do: "organiser" is "organisation"."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d[\w.,:%]*\w|\d")
_COMMON: Final = {
    1: """
    not
    """,
    2: """
    acces accou addit appli avail calif calle cente chang cloud com compa compl consi conta conte conti contr
    count creat data devel diffe direc docs first gener gover help home https ibm incre infor inter large locat
    manag many need new no north numbe offer offic opera order parti peopl perso place prese proce produ progr
    publi relat requi resou respo servi set small south speci state suppo syste time topic trans two work world
    year years
    """,
    3: """
    able acros act actio activ actua add addre admin advan affai again agenc air allow along alway ameri among
    amoun analy anoth answe api appea apply appoi appro archi area areas aroun assis assoc attac autho autom
    back basic becam becom begin benef best bette billi body briti build built busin buy ca call canno care case
    cases cause centr centu certa chara charg check child choos city civil claim class click close code colle
    colon combi comme commi commo commu compe compo compu conce condi confi conne conse const consu conve corre
    cost court cover credi cultu curre custo date day days de decis defau defin depar depen descr desig detai
    deter disco distr docum don drive due early earth east econo educa effec elect email emerg emplo enabl end
    engin ensur enter entir envir estab estim europ event exist expan exper explo exten facil famil featu feder
    fee field file final finan find follo force form forma forme forms found four franc free frenc full funct
    futur germa getti give go good gov great group guide happe healt high highe histo hours house human ident
    image impor impro inclu incom indep indiv indus initi insta inste instr integ intro inves invol issue judge
    justi keep key know land langu last later law learn least legal less level life limit list live ll local
    long low lower main maint major makin marke measu medic meet membe metho milit milli missi model moder money
    month multi name nasa natio natur near neces neede needs netwo next non norma now objec obser occur old
    onlin open optio organ origi other page part pay payme perfo perio phone physi plan point polic polit popul
    posit possi power pract prepa press preve previ price prima princ priva proba probl proje prope prote provi
    purch quali quest quick range rate re reach reaso recei recog recor reduc refer regio regis regul relea
    remai repor repre reque resea resid resul retur revie right river role rules run sched schoo scien searc
    seaso secon secti secur selec self separ serie serve setti share short show signi simil simpl since singl
    site socia somet sourc space stand start stati steps still stock store struc stude submi succe super suppl
    sure surfa table take tax team techn term terms theor thing third thoug three throu times today total trade
    tradi train trave treat type types typic under unite unive updat user users uses usual value versi veter
    video view virtu visit want war water websi west willi witho worke www yes
    """,
    4: """
    accep advis affec age agree almos alrea annua ask avera bank began belie block capit card comma compr conso
    costs cours decid defen deliv deplo engli entit equal excep expla facto far fees globa held impac india
    indic influ infra insti inten john labor late led left likel line longe mater matte media memor messa mount
    move never notic octob oppor outsi party perce plane prior profe propo rathe real recen regar remov restr
    risk send sent septe settl side sign situa size statu step stora stron study subje sugge text think top
    traff union va weste worki works
    """,
}
"""The 600 roots that stand in most paragraphs, by the logarithm of how many paragraphs there are to one that holds it.

Counted in 2,700 paragraphs of encyclopedia, finance, government and cloud documentation.
"""
_WEIGHTS: Final = {root: float(weight) for weight, roots in _COMMON.items() for root in roots.split()}
RARE: Final = 5.0
"""What any other root weighs: one paragraph of 150 holds it, or fewer."""


def weight(root: str) -> float:
    """Give what a root tells, from 1 for one that every third paragraph holds to 5."""
    return _WEIGHTS.get(root, RARE)


@lru_cache(maxsize=4096)
def roots(text: str) -> tuple[str, ...]:
    """Give the roots of a text's telling words and its numbers, in their order."""
    return tuple(root for word in _WORD.findall(folded(text).casefold()) for root in _cut(word))


@lru_cache(maxsize=1 << 15)
def _cut(word: str) -> tuple[str, ...]:
    if word in STOPWORDS or word.endswith("n't"):
        return ()
    word = BASES.get(word, word)
    return (word.removesuffix("'s").replace("'", "")[:ROOT],) if len(word) > 1 or word.isdigit() else ()
