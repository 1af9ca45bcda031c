"""The forms of words that no ending tells: sent is of send, and children of child. Pure."""

from __future__ import annotations

from typing import Final

_FORMS: Final = """
    arise arose arisen; become became; begin began begun; bend bent; bind bound; bite bit
    bitten; bleed bled; blow blew blown; break broke broken; breed bred; bring brought; build built; burn burnt;
    buy bought; catch caught; choose chose chosen; cling clung; come came; creep crept; deal dealt; dig dug; draw
    drew drawn; dream dreamt; drink drank drunk; drive drove driven; eat ate eaten; fall fell fallen; feed fed;
    feel felt; fight fought; find found; flee fled; fly flew flown; forbid forbade forbidden; forget forgot
    forgotten; forgive forgave forgiven; freeze froze frozen; give gave given; go went gone; grow
    grew grown; hang hung; hear heard; hide hid hidden; hold held; keep kept; know knew known; lay laid; lead led;
    learn learnt; lend lent; lose lost; make made; mean meant; meet met; overcome overcame; pay paid;
    ride rode ridden; ring rang rung; rise rose risen; run ran; say said; see seen; seek sought; sell sold;
    send sent; shake shook shaken; shine shone; shoot shot; show shown; shrink shrank shrunk; sing sang sung; sink
    sank sunk; sit sat; sleep slept; speak spoke spoken; spend spent; spin spun; stand stood; steal stole stolen;
    stick stuck; strike struck stricken; swear swore sworn; swim swam swum; take took taken; teach taught; tear
    tore torn; tell told; think thought; throw threw thrown; understand understood; undergo underwent undergone;
    undertake undertook; wake woke woken; wear wore worn; weave wove woven; win won; withdraw withdrew withdrawn;
    write wrote written; child children; man men; woman women; foot feet; tooth teeth; mouse mice; person people;
    wife wives; analysis analyses; crisis crises; criterion criteria
"""
BASES: Final = {form: group.split()[0] for group in _FORMS.split(";") for form in group.split()[1:]}
"""The base of each form; those that are words of their own, such as "left" and "saw", are not there."""
