"""Units of measure: what a word or sign after a number says of it, and how many of its kind's smallest it is. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

_KINDS: Final = {
    "second": "1/1000:ms,millisecond,milliseconds 1:s,sec,secs,second,seconds 60:min,mins,minute,minutes "
    "3600:h,hr,hrs,hour,hours 86400:day,days 604800:week,weeks 1209600:fortnight,fortnights",
    "month": "1:month,months 12:yr,yrs,year,years,year-old 120:decade,decades 1200:century,centuries",
    "byte": "1:b,byte,bytes 1000:kb,kilobyte,kilobytes 1000000:mb,megabyte,megabytes 1000000000:gb,gigabyte,gigabytes "
    "1000000000000:tb,terabyte,terabytes 1000000000000000:pb,petabyte,petabytes 1024:kib 1048576:mib 1073741824:gib",
    "bit": "1:bit,bits 1000000:mbit 1000000000:gbit",
    "bps": "1000:kbps 1000000:mbps 1000000000:gbps",
    "hz": "1:hz,hertz 1000:khz 1000000:mhz 1000000000:ghz",
    "watt": "1:w,watt,watts 1000:kw,kilowatt,kilowatts 1000000:mw,megawatt,megawatts 1000000000:gw,gigawatt,gigawatts",
    "kwh": "1:kwh 1000:mwh 1000000:gwh",
    "volt": "1:v,volt,volts",
    "metre": "1/1000:mm,millimeter,millimeters,millimetre,millimetres 1/100:cm,centimeter,centimeters,centimetre,"
    "centimetres 1:m,meter,meters,metre,metres 1000:km,kilometer,kilometers,kilometre,kilometres",
    "inch": "1:inch,inches 12:foot,feet,ft 36:yard,yards 63360:mile,miles,mi",
    "gram": "1/1000:mg,milligram,milligrams 1:g,gram,grams 1000:kg,kilogram,kilograms,kilo,kilos",
    "tonne": "1:ton,tons,tonne,tonnes",
    "pound": "1/16:oz,ounce,ounces 1:lb,lbs",
    "litre": "1/1000:ml,milliliter,milliliters,millilitre,millilitres 1:l,liter,liters,litre,litres",
    "celsius": "1:c,celsius",
    "fahrenheit": "1:f,fahrenheit",
    "kelvin": "1:kelvin",
    "degree": "1:degree,degrees,°",
    "%": "1/100:%,percent,pct,percentage",
    "$": "1/100:cent,cents 1:$,dollar,dollars,usd",
    "€": "1:€,euro,euros,eur",
    "£": "1:£,pound,pounds,gbp",
    "¥": "1:¥,yen,jpy",
    "am": "1:am,a.m",
    "pm": "1:pm,p.m",
}
MEASURES: Final = {
    form: (kind, Fraction(factor))
    for kind, sizes in _KINDS.items()
    for size in sizes.split()
    for factor, _, forms in [size.partition(":")]
    for form in forms.split(",")
}
"""Each form of a unit, in small letters: its kind, and how many of the kind's base it is. Only what converts exactly
is of one kind: weeks are days, months are no days."""
CURRENCIES: Final = frozenset("$€£¥")
