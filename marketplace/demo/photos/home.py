"""Drawings of household goods and care. Placeholders: see `draw`."""

_BOTTLE = (
    "<path d='M88 92q-22 14-22 42v66q0 14 14 14h80q14 0 14-14v-66q0-28-22-42z' fill='url(#a)'/>"
    "<rect x='72' y='128' width='96' height='60' rx='8' fill='#fff' opacity='.94'/>{label:120,156,17,{d}}<path d='M92 170h56' stroke='{c}' stroke-width='4'/>"
)
HOME = {
    "toilet-paper": (
        "<ellipse cx='92' cy='176' rx='58' ry='18' fill='#d8dddd'/><path d='M34 96h116v80q-58 26-116 0z' fill='#fafbfb'/><path d='M118 96h32v80q-16 8-32 10z' fill='#e6ebeb'/><ellipse cx='92' cy='96' rx='58' ry='20' fill='#fff' stroke='#dbe2e2' stroke-width='2'/><ellipse cx='92' cy='96' rx='20' ry='7' fill='#c9a679'/>"
        "<path d='M128 70h78v118q-26 10-54 6V96q-6-10-24-12z' fill='{c}' opacity='.85'/><path d='M206 70l8 8v106l-8 4z' fill='{d}'/>{label:178,136,15,{t}}"
    ),
    "paper-towels": (
        "<path d='M74 48h92v152q-46 20-92 0z' fill='#fafbfb'/><path d='M142 48h24v152q-12 6-24 8z' fill='#e3e9e9'/><ellipse cx='120' cy='48' rx='46' ry='15' fill='#fff' stroke='#dbe2e2' stroke-width='2'/><ellipse cx='120' cy='48' rx='15' ry='5' fill='#c9a679'/><path d='M74 92h92v58q-46 18-92 0z' fill='url(#a)'/>{label:120,132,18,{t}}"
    ),
    "napkins": (
        "<path d='M40 104l96-30 66 26v70l-96 36-66-34z' fill='#eef1f2'/><path d='M40 104l96-30 66 26-96 34z' fill='{l}'/><path d='M40 104l66 30v72l-66-34z' fill='{d}'/><path d='M106 134l96-34v70l-96 36z' fill='{c}'/><g transform='skewY(-19) translate(0 52)'>{label:154,160,17,{t}}</g>"
    ),
    "detergent": _BOTTLE
    + "<path d='M96 92V62h30l34-10v18l-22 8v14z' fill='{d}'/><path d='M158 50l22-8v20l-20 6z' fill='#343d41'/>",
    "dish-soap": _BOTTLE
    + "<path d='M98 92q0-14 12-18h20q12 4 12 18z' fill='{l}'/><rect x='106' y='44' width='28' height='32' rx='5' fill='{d}'/><rect x='114' y='30' width='12' height='16' rx='4' fill='#fff' stroke='{d}' stroke-width='3'/>",
    "bleach": _BOTTLE
    + "<rect x='102' y='56' width='36' height='38' rx='6' fill='{d}'/><path d='M152 96q34 0 34 34t-14 34' fill='none' stroke='{d}' stroke-width='12'/>",
    "soap": (
        "<path d='M44 110h110q30 0 30 36t-30 38H44q-16 0-16-37t16-37z' fill='{l}'/><path d='M76 84h112q20 4 20 40t-20 38H76z' fill='url(#a)'/><path d='M76 84l-14 12v78l14-12z' fill='{d}'/>{label:142,130,22,{t}}"
    ),
    "shampoo": (
        "<path d='M84 82h72q12 4 12 20v98q0 14-14 14H86q-14 0-14-14v-98q0-16 12-20z' fill='url(#a)'/><rect x='92' y='34' width='56' height='50' rx='8' fill='{d}'/><rect x='82' y='112' width='76' height='68' rx='34' fill='#fff' opacity='.93'/>{label:120,152,15,{d}}"
    ),
    "toothpaste": (
        "<g transform='rotate(-22 120 120)'><path d='M30 88h14l124 14q14 2 14 20t-14 20L44 156H30z' fill='url(#b)'/><path d='M24 84h12v76H24z' fill='{d}'/><rect x='180' y='106' width='28' height='32' rx='5' fill='#f3f5f5' stroke='#d0d7da' stroke-width='2'/><path d='M44 116l136-2v16l-136 2z' fill='#fff' opacity='.9'/>{label:104,128,14,{d}}</g>"
    ),
    "washing-powder": (
        "<path d='M52 62l88-22 50 18v132l-88 26-50-20z' fill='{c}'/><path d='M52 62l88-22 50 18-88 24z' fill='{l}'/><path d='M52 62l50 20v134l-50-20z' fill='{d}'/><g transform='skewY(-16) translate(0 44)'><ellipse cx='146' cy='142' rx='36' ry='30' fill='#fff' opacity='.95'/>{label:146,148,17,{d}}</g>"
    ),
    "sponge": (
        "<path d='M36 130l110-30 58 26v30l-110 34-58-30z' fill='url(#a)'/><path d='M36 130l110-30 58 26-110 32z' fill='{l}'/><path d='M36 130l58 28v10l-58-28z' fill='#3e7d4f'/><path d='M94 158l110-32v10L94 168z' fill='#4b9560'/><path d='M36 120l110-30 58 26-110 32z' fill='#5aa971'/>"
        "<g fill='{d}' opacity='.5'><circle cx='120' cy='172' r='5'/><circle cx='150' cy='158' r='6'/><circle cx='178' cy='152' r='4'/><circle cx='70' cy='162' r='5'/></g>"
    ),
    "garbage-bags": (
        "<ellipse cx='120' cy='188' rx='56' ry='18' fill='#15191b'/><path d='M64 76h112v112q-56 28-112 0z' fill='url(#k)'/><ellipse cx='120' cy='76' rx='56' ry='18' fill='#4a545a'/><ellipse cx='120' cy='76' rx='20' ry='7' fill='#15191b'/><path d='M64 104h112v56q-56 24-112 0z' fill='{c}'/>{label:120,142,18,{t}}"
    ),
    "gloves": (
        "<path d='M62 212V142L46 92q-2-12 8-12 8 0 10 10l8 24V52q0-10 9-10t10 10v46l2-56q0-10 9-10t9 10l1 56 5-46q1-9 10-8t8 11l-6 66 14-18q8-8 14 0 4 6-2 14l-30 52v43z' fill='url(#a)'/><path d='M58 196h74v18H58z' fill='{d}'/><path d='M150 208v-40l32-56q8-8 16-2t4 16l-18 44v38z' fill='{d}' opacity='.7'/>"
    ),
    "mop": (
        "<path d='M176 20L116 150' stroke='url(#m)' stroke-width='9'/><path d='M84 150h70l10 22H74z' fill='{d}'/><path d='M74 172h90l18 40q-8 8-16-2-8 10-16 0-8 10-16 0-8 10-16 0-8 10-16 0-8 10-16 0-8 8-14 2z' fill='url(#a)'/><path d='M150 50l14-26' stroke='{c}' stroke-width='13'/>"
    ),
}
