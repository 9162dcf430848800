"""Units as abstracts write them: percent, points, factors, magnitudes and physical or counted units."""

from __future__ import annotations

import re
from dataclasses import dataclass

PERCENT, POINTS, FACTOR = "%", "pp", "x"
MONEY = "$€£¥"


@dataclass(frozen=True, slots=True)
class Unit:
    """What stands behind a number: its end in the text, the unit's name, and the factor of a magnitude word ("million")."""

    end: int
    name: str | None
    scale: float = 1.0


_PREFIX = r"(?:milli|micro|nano|pico|kilo|mega|giga|tera|peta|exa|Peta|Exa)?-?"
_TIME = rf"{_PREFIX}(?:seconds?|secs?)|msecs?|[muμnp]s|s|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?"
_COMPUTE = (
    r"(?:[A-Z][A-Za-z]*[0-9]{2,4}[ -]?)?(?:GPU|CPU|TPU|NPU|core|node|person|man|wall-clock|[AHV][0-9]{3})[ -]?"
    r"(?:seconds|minutes|hours?|days?|weeks|months|years?)"
)
_DATA = rf"(?:[kKMGTPE]i?)?B|[kMGT]?bps|[kKMG]b|[KMG]bits?|{_PREFIX}(?:[bB]ytes?|bits?)"
_RATE = rf"fps|FPS|qps|QPS|rps|RPS|tps|TPS|SPS|GTEPS|[kMGT]?Hz|{_PREFIX}[hH]ertz|rpm|RPM|bpm"
_WORK = r"(?:[KMGTPE]|kilo|mega|giga|tera|peta|exa|Peta|Exa)?(?:FLOPs?|FLOPS|flops?|Flops?|FlOps|OPs?|OPS|Ops|MACs?|F)(?=[/\W]|$)(?! op)"
_LENGTH = rf"(?:[kcmnμufp]m|m)(?:\^?[23])?|[kMG]?pc|Å|[Aa]ngstroms?|{_PREFIX}(?:meters?|metres?)|inch(?:es)?|feet|ft|miles?|pixels?|px|voxels?"
_ENERGY = rf"(?:[nmkMGTμu]?(?:Wh|W|V|J|N|Pa|eV)|[pf]J|[mnμu]A|{_PREFIX}(?:[wW]atts?|[jJ]oules?|[vV]olts?)|kcal|cal|Nm)(?:/(?:mol|kg))?"
_LEVEL = r"dB[mic]?|dBFS|nats?|bpp|BPC|BPB|bpc|kg CO2e?(?: ?eq)?|[tg]?CO2e|p\.u\."
_ANGLE = r"°C?|degrees?(?! of freedom)|deg|m?rad|radians?|arcsec(?:onds?)?|arcmin"
_SKY = r"[MRL]_?⊙|M_?sun|[kMG]?yrs?|[kMG]?pc|AU|ly|light[- ]years?|mag(?:nitudes?)?|mas|[mμ]?Jy|dex|erg|σ|sigma|deg\^?2"
_LAB = (
    r"[mkMGμn]?(?:eV|T|K|Pa|Ω|bar)|[mkμn]A|[μnp]F|[mkTG]eV|[fpan]b|[munμ]M|ppm|ppb|(?:wt|vol|mol|at)\.? ?%|atm|"
    r"Torr|mmHg|[kM]?Da|[kMG]?bp|[mμun]L|ml|mL|dL|lux|lx|Sv|Gy|"
    r"(?:milli|micro|nano|kilo)?(?:grams?|liters?|litres?|tesla|kelvins?|moles?|ohms?|amperes?|amps?|pascals?)|basis points|bps|standard deviations"
)
_COUNTED = r"tokens|queries|bugs|vulnerabilities|turns|messages|vertices|edges|S?LoC|NFEs?|(?:LLM|API|model|function) calls|lines of code"
_THING = r"[kmμu]?g|t|tons?|tonnes?|mol|mmol|LUTs|USD|dollars|cents|euros|EUR|RTTs?|cores|queries|bugs"
_NAME = f"(?:{_COMPUTE}|{_WORK}|{_RATE}|{_ENERGY}|{_LENGTH}|{_DATA}|{_LEVEL}|{_ANGLE}|{_THING}|{_SKY}|{_LAB}|{_COUNTED}|{_TIME})"
_POWER = rf"(?:\^[-+]?[0-9]|(?:[ ·]{_NAME}\^-[0-9]){{1,3}})"
_EACH = (
    r"(?:second|sec|s|minute|min|hour|hr|h|day|week|month|year|frame|image|query|sample|token|word|step|iteration|epoch|case|item|task|request|agent|scene|"
    r"character|pixel|parameter|cycle|W|mW|J|mm2|mm\^2|cm3|kg|mol|MHz|GPU|watt|joule|s2|s\^2|op|inference|classification|user|node|core|device|hop|page|"
    r"document|video|object|layer|instance|example|prompt|call|episode|round|patient|slice|volume|batch|action|session|atom|molecule|Mpc|turn|question|problem|message|"
    r"million [a-z]+(?: tokens)?)"
)
_RATIO = rf"(?:/{_EACH}(?:/{_EACH})?|/[kMGT]?(?:s|W|Hz)|(?:/|[ -]per[ -])(?:GPU )?{_EACH}s?(?: per {_EACH})?)"
_SPEED = r"(?:[KMG] ?)?[a-zA-Z-]{2,20}/(?:s|sec|second|minute|min|hour|day|token|query|word|W)(?:/W)?\b"
_COUNT_PER = r"(?:[KMG] ?)?(?:[a-zA-Z-]{2,20} )?[a-zA-Z-]{2,20} per (?:second|minute|hour|day|week|year|cycle)s?(?: per (?:GPU|node|core|device))?"

_POINT_PERCENT = re.compile(
    r"[ ~]?(?:(?:%|percent|per cent)[ -]?(?:points?|pts?)\b|-?percentage[ -](?:points?|pts?)\b|p\.p\.?|(?:pp|ppts?|p\.?p\.?t|%p)\b(?![/]))"
)
_ABSOLUTE = re.compile(r"[ -]\(?(?:absolute|points?|abs\.)\b")
_PERCENT = re.compile(r"[ ~]?%|[ ~-]?(?:percent(?:age)?|per cent)\b")
_POINTS = re.compile(
    r"[ ~-]?(?:absolute |accuracy |perplexity |full |overall |average |"
    r"(?:[A-Z][A-Za-z0-9@-]*|m[A-Z][A-Za-z]+) (?:[A-Z][A-Za-z0-9@-]* )?)?(?:points?|pts?)\b(?! (?:out of|scale|cloud|per|set))"
)
_FACTOR = re.compile(
    r"[ ~]?×(?! ?[0-9])|[xX](?![A-Za-z0-9_])|[ ~][xX](?![A-Za-z0-9_-])(?! [0-9])|[ ~-]?times(?![A-Za-z_])(?! (?:series|step))|"
    r"[ ~-]?[Xx]?-?[Ff]olds?\b(?! (?:cross|CV|valid|split|test|strat|nested|leave|eval))"
)
_MAGNITUDE = re.compile(r"[ ~-]?([Tt]housand|[Mm]illion|[Bb]illion|[Tt]rillion)s?\b")
_SUFFIX = re.compile(r"[ ~]?([KMBTGk])(?![A-Za-z0-9_])")
_PHYSICAL = re.compile(
    rf"[ ~-]?(?P<name>(?:[KMG] )?{_NAME}(?:{_RATIO}|{_POWER})?|[KMBk] ?(?:{_COUNTED}){_RATIO}?|"
    rf"[KMGkB]/s|{_SPEED}|{_COUNT_PER})(?![A-Za-z0-9_^⊙])"
)
_PER = re.compile(rf" (?P<name>per {_EACH})\b")
_COUNTED_RATE = re.compile(rf"(?: of)? (?P<name>{_COUNT_PER})(?![A-Za-z0-9_])")
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}


def read_unit(text: str, at: int) -> Unit | None:
    """The unit that stands at `at` in normalised text, with the space or hyphen before it, or None."""
    if at >= len(text) or text[at] in ",.;:)(]":
        return None
    if match := _POINT_PERCENT.match(text, at):
        return Unit(match.end(), POINTS)
    if match := _PERCENT.match(text, at):
        return Unit(match.end(), POINTS if _ABSOLUTE.match(text, match.end()) else PERCENT)
    if match := _FACTOR.match(text, at):
        return Unit(match.end(), FACTOR)
    if match := _POINTS.match(text, at):
        return Unit(match.end(), POINTS)
    if match := _MAGNITUDE.match(text, at):
        rate = _COUNTED_RATE.match(text, match.end())
        return Unit(rate.end() if rate else match.end(), rate["name"] if rate else None, _SCALES[match[1].lower()])
    if (match := _PHYSICAL.match(text, at)) and not _misread(text, at, match):
        return Unit(match.end(), match["name"])
    if match := _SUFFIX.match(text, at):
        return Unit(match.end(), match[1])
    return None


def read_share(text: str, at: int) -> Unit | None:
    """What follows an amount of money: "per agent"."""
    match = _PER.match(text, at)
    return Unit(match.end(), match["name"]) if match else None


_PLURAL = re.compile(
    r" (?P<name>(?!(?:times|points|across|versus|always|thus|besides|perhaps|towards|afterwards|series|plus|was|has|does)\b)"
    r"[a-z]{2,20}[a-rt-z]s)(?<![ui]s)\b(?!-)"
)
_VERBS = re.compile(
    r" (?:show|outperform|demonstrate|mean|exceed|suggest|indicate|require|reache|yield|achieve|compare|beat|surpasse|improve|remain|allow|"
    r"make|give|take|provide|come|need|"
    r"include|lead|reduce|increase|confirm|reveal|support|perform|enable|produce|offer|follow|highlight)s\b"
)


def read_plural(text: str, at: int) -> Unit | None:
    """The plural noun that a count of things has for its unit ("13 functions")."""
    match = _PLURAL.match(text, at)
    return Unit(match.end(), match["name"]) if match and not _VERBS.match(text, at) else None


def _misread(text: str, at: int, match: re.Match[str]) -> bool:
    """Whether a short unit is the beginning of something else ("5 s-boxes", "3 m-dimensional")."""
    follows = text[match.end() : match.end() + 2]
    return len(match["name"]) <= 2 and len(follows) == 2 and follows[0] == "-" and follows[1].isalpha() and text[at] == " "
