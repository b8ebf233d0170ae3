"""The sound tracks of a file, and the one that a story asks for by its number or language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"


def _valid_track(track: Any) -> Any:
    whole = isinstance(track, int) and not isinstance(track, bool)
    if (whole and track > 0) or (isinstance(track, str) and re.match(LANGUAGE, track)):
        return track
    raise ValueError('must be the number of a sound track, from 1, or a language such as "de"')


SoundTrackChoice = Annotated[
    Annotated[int, Field(ge=1)] | Annotated[str, Field(pattern=LANGUAGE)],
    BeforeValidator(_valid_track),
    Field(
        description="Number (from 1) or language of the sound track to play, of a file with several", examples=["de", 2]
    ),
]

LANGUAGES = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel bg:bul bi:bis bm:bam
bn:ben bo:bod:tib br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces:cze cu:chu cv:chv cy:cym:wel da:dan
de:deu:ger dv:div dz:dzo ee:ewe el:ell:gre en:eng eo:epo es:spa et:est eu:eus:baq fa:fas:per ff:ful fi:fin fj:fij
fo:fao fr:fra:fre fy:fry ga:gle gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv ht:hat hu:hun
hy:hye:arm hz:her ia:ina id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido is:isl:ice it:ita iu:iku ja:jpn jv:jav ka:kat:geo
kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau ks:kas ku:kur kv:kom kw:cor ky:kir la:lat lb:ltz lg:lug
li:lim ln:lin lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah mi:mri:mao mk:mkd:mac ml:mal mn:mon mr:mar ms:msa:may mt:mlt
my:mya:bur na:nau nb:nob nd:nde ne:nep ng:ndo nl:nld:dut nn:nno no:nor nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori
os:oss pa:pan pi:pli pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:ron:rum ru:rus rw:kin sa:san sc:srd sd:snd se:sme
sg:sag si:sin sk:slk:slo sl:slv sm:smo sn:sna so:som sq:sqi:alb sr:srp ss:ssw st:sot su:sun sv:swe sw:swa ta:tam te:tel
tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig uk:ukr ur:urd uz:uzb ve:ven
vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid yo:yor za:zha zh:zho:chi zu:zul
"""
"""ISO 639-1 with ISO 639-2/T, and with 639-2/B where that differs: files have any of the three."""


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """One of the sound tracks of a file."""

    stream: int
    """Its number among all streams of the file."""
    language: str = ""
    """As the file says it, such as deu, ger or de; '' if it does not."""


def find_track(tracks: Sequence[SoundTrack], wanted: int | str) -> int | None:
    """Place of the track with this number (from 1), or of the first one in this language; None if there is none."""
    if isinstance(wanted, int):
        return wanted - 1 if 0 < wanted <= len(tracks) else None
    spoken = _spoken(wanted)
    return next(
        (place for place, track in enumerate(tracks) if track.language and _spoken(track.language) == spoken), None
    )


def in_words(tracks: Sequence[SoundTrack]) -> str:
    """``1 (deu), 2 (eng), 3``."""
    return ", ".join(f"{number}{_bracketed(track)}" for number, track in enumerate(tracks, 1))


def heard_in_words(tracks: Sequence[SoundTrack], place: int) -> str:
    """``number 2 (eng)``."""
    return f"number {place + 1}{_bracketed(tracks[place])}"


def _bracketed(track: SoundTrack) -> str:
    return f" ({track.language})" if track.language else ""


def _spoken(language: str) -> str:
    """The same word for all codes of one language; what follows a hyphen (de-AT) is where it is spoken."""
    code = language.lower().partition("-")[0]
    return _BY_CODE.get(code, code)


_BY_CODE = {code: names.partition(":")[0] for names in LANGUAGES.split() for code in names.split(":")}
