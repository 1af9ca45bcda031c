"""What people say where a bot listens: chatter among themselves, a question to whoever knows, or perhaps one. Pure.

It is judged by rules about whole messages and how they begin, in English and German. What they do not know is perhaps
a question, so that nothing is lost by a rule that is missing: it costs a search, and nobody sees it.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from adapters.emoji import without_names

Overheard: TypeAlias = Literal["chatter", "perhaps", "question"]
"""chatter: not for the bot · perhaps: worth an answer, if there is one · question: worth saying that there is none."""

_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_BETWEEN: Final = " \t\n,.!?;:…()–—-'\"*_~`>"
_EDGE: Final = r"(?![\w'])"
_CUT: Final = (
    r"(?=\s*(?:[,.!?;:…)–—\n]|\Z)|\s+(?:-|thx|thanks|thank you|danke|cheers|lol|haha|then|man|guys|all|everyone|too|"
    rf"ok|nice|cool|to me|will do|for now|now|you|dann|dir|euch){_EDGE})"
)
"""Where what may also begin a question ends, as "super" does in "super admin rights" and not in "super, thanks"."""

_NAMES: Final = (
    r"(?:,? (?:all|alle|zusammen|everyone|everybody|guys|folks|team|there|again|mate|man|bot|footnote|you|both)"
    rf"{_EDGE})?"
)
_THANKS: Final = (
    r"(?:(?:many|big|huge) thanks|thanks|thank (?:you|u)|thankyou|thx+|tnx|cheers|much appreciated|"
    r"(?:vielen|besten|lieben|herzlichen|tausend|1000) dank|danke(?:sch(?:ö|oe)n)?|merci)"
    r"(?: (?:so much|very much|a lot|a (?:million|bunch|ton)|dir|euch|sehr|sch(?:ö|oe)n))?"
)
_GREETINGS: Final = (
    r"(?:hi+|hello+|hey+|hiya|howdy|hallo|moin(?: moin)?|servus|gr(?:ü|ue)(?:ß|ss)e|good (?:morning|afternoon|evening)|"
    r"guten (?:morgen|tag|abend)|happy birthday|congrat(?:s|ulations)|gl(?:ü|ue)ckwunsch)"
)
_FAREWELLS: Final = (
    r"(?:good ?night|(?:good ?)?bye+(?: bye)?|ciao|see (?:you|ya|u)(?: (?:there|then|soon|later|tomorrow))?|"
    r"talk (?:later|soon)|ttyl|brb|afk|take care|tsch(?:ü|ue)(?:ss?|ß)|bis (?:gleich|sp(?:ä|ae)ter|dann|morgen|bald)|"
    r"(?:have a|enjoy your|enjoy the) (?:nice |good |great )?(?:day|evening|weekend|one|time|lunch|holiday)|"
    r"sch(?:ö|oe)n(?:es|en) (?:wochenende|feierabend|abend|tag)|gute nacht)"
)
_MOODS: Final = (
    r"(?:how are (?:you|things)(?: doing)?(?: today)?|how(?:'s| is) it going|how do you do|what'?s up|"
    r"are you (?:ok|there)|wie geht(?:'?s| es dir| es euch)|alles gut)"
)
_YES: Final = (
    r"(?:yes+|ye(?:ah|a|p)+|yup|aye|ok(?:ay|i|ie|ey)?|kk|ja+|jep|jo(?:a|p)?|jup|jawohl|nein|nope|n(?:ö|oe)+|alles klar|"
    r"(?:sehr )?gerne?(?: doch)?|na klar|of course|for sure|sure thing|absolutely|totally)"
)
_DEEDS: Final = (
    r"(?:(?:i )?will do|(?:i|we)(?:'ll| will) (?!need|want)[a-z]+|let me (?:know|check|see|look|think|try)|"
    r"i(?:'m| am) (?:on it|on my way|back|off|out|done|ready)|"
    r"(?:that|this|it)(?:'s| is)? (?:work(?:s|ed)|help(?:s|ed)|did it|fixed it|fine|great|good|perfect|clear)|"
    r"(?:that|this|it) makes sense|mache? ich|wird (?:gemacht|erledigt)|bin (?:dabei|gleich|schon|da|dran)|"
    r"ich (?:k(?:ü|ue)mmere|melde) mich|ich schaue?(?: mal)?|hat (?:geklappt|funktioniert|geholfen)|tut mir leid)"
)
_LAUGHS: Final = (
    r"(?:lo+l+|lmao+|rofl|xd+|(?:ha){2,}h?|(?:he){2,}|\+1|\+\+|\^\^|oops|ups|wow+|yay+|woohoo|hurra+|ooh+|aha+|h+m+|"
    r"omg|wtf|fyi|idk|imho|tbh)"
)
_SOFT: Final = (
    r"(?:no+|nah|k|ty|sure|right|true|exactly|correct|indeed|definitely|same(?: here)?|done|nice(?: one| work| catch)?|"
    r"great(?: work| job| idea)?|cool|perfect|awesome|super|amazing|excellent|brilliant|fine|sweet|interesting|sorry|"
    r"please(?: do)?|oh|ah|well(?: done)?|yo|sup|cu|on it|on my way|omw|work(?:s|ed)(?: for me)?|(?:that )?makes sense|"
    r"sounds (?:good|great|fine)|looks (?:good|great|fine)|lgtm|fair enough|welcome|got (?:it|you|ya)|gotcha|i see|"
    r"good(?: point| idea| call| catch| to know| bot| job| luck)?|i agree|agreed|me too|my bad|all good|"
    r"you(?:'re| are) welcome|no (?:worries|problem|prob|rush|idea)|np|nvm|never ?mind|yw|i (?:don't|do not) know|"
    r"dunno|maybe|not (?:sure|yet)|who (?:cares|knows)|what the (?:heck|hell)|lol what|(?:great|good) question|"
    r"happy to help|looking into (?:it|this)|that answers (?:it|my question)|(?:in )?[0-9]+ ?min(?:ute)?s?|"
    r"genau(?: so)?|stimmt|klar|(?:sehr )?gut|prima|top|perfekt|geil|klasse|passt(?: so)?|richtig|erledigt|schade|"
    r"bitte|ach ?so|mega|toll|kein (?:problem|ding|stress)|gute idee|hab(?: ich|'s|s)|l(?:ä|ae)uft|verstanden|ich auch|"
    r"keine ahnung|wei(?:ß|ss) (?:ich )?nicht|klingt gut|(?:das )?(?:klappt|funktioniert)(?: jetzt)?)"
)
_OPENING: Final = re.compile(
    rf"(?:(?:{_THANKS}|{_GREETINGS}|{_FAREWELLS}){_EDGE}{_NAMES}|(?:{_YES}|{_DEEDS}|{_LAUGHS}){_EDGE}"
    rf"|(?:{_MOODS}|{_SOFT}){_EDGE}{_CUT})",
    re.IGNORECASE,
)

_AND: Final = r"(?:(?:and|so|but|also|then|or|und|aber|oder)\s+){0,3}"
_SUBJECT: Final = (
    r"(?:i|we|you|they|he|she|it|there|this|that|these|those|the|our|your|my|an?|any\w*|some\w*|every\w*)\b"
)
_WER: Final = r"(?:ich|wir|du|ihr|sie|er|es|man|das|die|der|den|dem|ein\w*|kein\w*|unser\w*)\b"
_ASKS: Final = (
    r"(?:(?:what|how) about\b"
    r"|(?:what|when|where|who|how|which|why)\s+"
    r"(?!(?:an?|i|we|you|they|he|she|it|that|nice|cool|means|is (?:fine|why|great|good|nice|ok))\b)"
    r"|(?:what|who|where|when|how|why)(?:'s|'re|s)\b|whose\b|whom\b"
    r"|(?:why|how|when|where|who|which one)\s*\Z"
    r"|(?:wer|wie|wo|wann|wieso|warum|weshalb|welche[rsnm]?|wohin|woher|wozu|wem|wen|wessen|wieviele?)\s+"
    r"(?!(?:ich|wir|du|ihr|gesagt|immer|geil|cool)\b)"
    r"|was\s+(?:ist|sind|macht|muss|kann|darf|kostet|bedeutet|hei(?:ß|ss)t|gilt|passiert|wenn|mit|steht|gibt)\b"
    rf"|(?:is|are|does|did|can|could|should|would|has)\s+{_SUBJECT}"
    r"|(?:do|have|may|must)\s+(?:i|we|you|they)\b"
    rf"|(?:ist|sind|kann|k(?:ö|oe)nnen|darf|d(?:ü|ue)rfen|muss|m(?:ü|ue)ssen|gibt|gilt|hat|haben|soll)\s+{_WER})"
)
_WANTS: Final = (
    r"(?:(?:please\s+|bitte\s+)*(?:tell (?:me|us)\s+(?!(?:when|if|once)\b)"
    r"|(?:explain|describe|compare|define|translate|summari[sz]e|look up|erkl(?:ä|ae)re?|nenne?|beschreibe?)\b"
    r"|(?:show|give|help) (?:me|us)\b|list (?:all|the|our|every)\b|find (?:me|out|the|our|all)\b"
    r"|more (?:about|on|details?)\b|details? (?:on|of|about)\b"
    r"|(?:zeige?|sage?|gib) (?:mir|uns)\b|mehr (?:zu|(?:ü|ue)ber)\b)"
    r"|i(?:'d| would) like to know\b|i (?:need|want) to know\b|i wonder\b)"
)
_QUESTION: Final = re.compile(rf"{_AND}(?:{_ASKS}|{_WANTS})", re.IGNORECASE)
_MEANT: Final = re.compile(r"(?:(?:what )?i meant?|(?:ich )?mein(?:e|te)|and|und|but|aber)\b", re.IGNORECASE)
"""What goes on from an opening as a question may: "no, I meant Europe", "ok, and in Europe"."""


def overheard(text: str) -> Overheard:
    """Judge what somebody said to nobody in particular; whether it mentions anybody is the platform's to see."""
    plain = without_names(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    said = _ADDRESS.sub(" ", plain)
    words = said.lstrip(_BETWEEN)
    rest, asks = _opened(words), "?" in said
    if not _says(rest):
        # A lone "ok?" asks somebody whether it is; whether that is the bot, only an answer can tell.
        return "perhaps" if asks and _says(words) else "chatter"
    if asks or _QUESTION.match(rest):
        return "question"
    return "perhaps" if rest == words or _MEANT.match(rest) else "chatter"


def _opened(words: str) -> str:
    """Give what is said after the openings."""
    while found := _OPENING.match(words):
        words = words[found.end() :].lstrip(_BETWEEN)
    return words


def _says(words: str) -> bool:
    return any(character.isalnum() for character in words)
