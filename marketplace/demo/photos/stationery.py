"""Drawings of paper and what holds it. Placeholders: see `draw`."""

STATIONERY = {
    "notebook": (
        "<rect x='58' y='28' width='138' height='188' rx='8' fill='#e9e4d8'/><rect x='48' y='24' width='140' height='188' rx='8' fill='url(#a)'/>"
        "<rect x='48' y='24' width='22' height='188' rx='6' fill='{d}'/><rect x='92' y='66' width='76' height='46' rx='4' fill='#fff' opacity='.92'/>"
        "{label:130,95,16,#33464b}<path d='M166 24v188' stroke='{d}' stroke-width='5'/>"
    ),
    "copybook": (
        "<path d='M52 30h136v184H52z' fill='url(#a)'/><path d='M52 30h12v184H52z' fill='{d}'/>"
        "<path d='M82 70h90v62H82z' fill='#fff'/><path d='M92 104h70M92 116h70' stroke='{c}' stroke-width='2'/>{label:127,94,15,#33464b}"
        "<path d='M178 40h10v174H66v-8h112z' fill='#f4f1e8'/>"
    ),
    "paper": (
        "<path d='M40 110l112-26 52 26v68l-112 32-52-34z' fill='#eef2f3'/><path d='M40 110l112-26 52 26-112 30z' fill='#fff'/>"
        "<path d='M40 110l52 30v70l-52-34z' fill='{d}'/><path d='M92 140l112-30v68L92 210z' fill='url(#a)'/>"
        "<path d='M92 150l112-30v22L92 172z' fill='#fff' opacity='.92'/><g transform='skewY(-15) translate(0 40)'>{label:148,164,18,{d}}</g>"
        "<path d='M62 76l110-24 36 20' fill='none' stroke='#d6dde0' stroke-width='4'/><path d='M52 94l106-24 46 22' fill='none' stroke='#c5ced2' stroke-width='3'/>"
    ),
    "folder": (
        "<path d='M34 70q0-10 10-10h52l16 18h88q10 0 10 10v112H34z' fill='{d}'/><path d='M52 88h136v90H52z' fill='#fff'/>"
        "<path d='M34 104h176v90q0 10-10 10H44q-10 0-10-10z' fill='url(#b)'/>{label:122,162,20,{t}}"
    ),
    "binder": (
        "<path d='M70 30h92v186H70z' fill='url(#a)'/><path d='M162 30l34 12v164l-34 10z' fill='{d}'/>"
        "<rect x='84' y='52' width='64' height='84' rx='3' fill='#fff'/>{label:116,84,16,#33464b}<path d='M94 100h44M94 112h44M94 124h30' stroke='#c4ccd0' stroke-width='3'/>"
        "<circle cx='116' cy='172' r='17' fill='#fff' opacity='.95'/><circle cx='116' cy='172' r='11' fill='{d}'/>"
    ),
    "file-sleeve": (
        "<path d='M78 28h122v176H78z' fill='#dcebf0' opacity='.8'/><path d='M56 38h122v176H56z' fill='#eef6f9' stroke='#b5ccd6' stroke-width='2'/>"
        "<path d='M56 38h20v176H56z' fill='{c}' opacity='.35'/><g fill='#fff' stroke='#9fb6c0' stroke-width='2'><circle cx='66' cy='70' r='5'/><circle cx='66' cy='102' r='5'/><circle cx='66' cy='150' r='5'/><circle cx='66' cy='182' r='5'/></g>"
        "{label:128,132,18,#6c8792}"
    ),
    "clipboard": (
        "<rect x='50' y='34' width='140' height='184' rx='10' fill='url(#a)'/><rect x='64' y='58' width='112' height='146' fill='#fff'/>"
        "<path d='M78 96h84M78 116h84M78 136h84M78 156h56' stroke='#c8d0d4' stroke-width='4'/><path d='M86 42h68v20H86z' fill='url(#m)'/><circle cx='120' cy='36' r='11' fill='#8d979d'/>{label:120,188,14,#54636a}"
    ),
    "envelope": (
        "<rect x='46' y='64' width='160' height='108' rx='4' fill='{d}' opacity='.45'/><rect x='34' y='76' width='170' height='114' rx='4' fill='url(#b)'/>"
        "<path d='M34 80l85 64 85-64' fill='none' stroke='{d}' stroke-width='4'/><path d='M34 186l62-58M204 186l-62-58' stroke='{d}' stroke-width='2' opacity='.6'/>{label:119,182,14,{t}}"
    ),
    "whiteboard": (
        "<rect x='22' y='42' width='196' height='134' rx='5' fill='url(#m)'/><rect x='31' y='51' width='178' height='116' fill='#fdfefe'/>"
        "<path d='M52 92q26-28 50 0t52-8' fill='none' stroke='#2b6cb0' stroke-width='5'/><path d='M52 124h72M52 140h48' stroke='{c}' stroke-width='5'/>"
        "<rect x='70' y='176' width='100' height='10' rx='4' fill='#8d979d'/><rect x='86' y='170' width='30' height='8' rx='4' fill='#c0392b'/><path d='M56 176l-16 40M184 176l16 40' stroke='#8d979d' stroke-width='6'/>{label:168,152,13,#6d7b81}"
    ),
    "toner": (
        "<path d='M26 118q0-12 12-12h164q12 0 12 12v50H26z' fill='url(#k)'/><path d='M26 168h188v20q0 8-8 8H34q-8 0-8-8z' fill='#23292c'/>"
        "<rect x='42' y='176' width='156' height='11' rx='5' fill='{c}'/><rect x='60' y='120' width='104' height='34' rx='4' fill='#f3f4f4'/>{label:112,143,17,#2c363a}"
        "<path d='M176 106V88h26v18z' fill='#3a4347'/><circle cx='190' cy='138' r='10' fill='{c}'/>"
    ),
    "ink": (
        "<path d='M84 92h72l8 18v92q0 8-8 8H84q-8 0-8-8v-92z' fill='url(#a)'/><path d='M100 92V62h40v30z' fill='#39444a'/><rect x='108' y='46' width='24' height='18' rx='4' fill='#20282c'/>"
        "<rect x='84' y='126' width='72' height='56' rx='4' fill='#fff' opacity='.95'/>{label:120,160,18,{d}}"
    ),
    "coffee": (
        "<path d='M68 50h104l12 150q1 12-12 12H68q-13 0-12-12z' fill='url(#a)'/><path d='M68 50q52 14 104 0l-4-18H72z' fill='{d}'/>"
        "<ellipse cx='120' cy='124' rx='40' ry='34' fill='#fff' opacity='.93'/>{label:120,120,15,#4c2f1d}"
        "<ellipse cx='120' cy='138' rx='13' ry='8' fill='#6f4526' transform='rotate(-20 120 138)'/><path d='M110 142q10-8 20-8' stroke='#3b2312' stroke-width='2' fill='none'/>"
    ),
    "tea": (
        "<path d='M48 92l96-24 52 22v96l-96 28-52-30z' fill='{c}'/><path d='M48 92l96-24 52 22-96 28z' fill='{l}'/><path d='M48 92l52 26v96l-52-30z' fill='{d}'/>"
        "<g transform='skewY(-16) translate(0 44)'><rect x='110' y='110' width='76' height='46' rx='4' fill='#fff' opacity='.93'/>{label:148,140,15,#33513a}</g>"
        "<path d='M64 74q6-26 30-30-2 24-22 32z' fill='#5b9a4f'/>"
    ),
    "sugar": (
        "<path d='M62 58h116l6 148q0 8-8 8H64q-8 0-8-8z' fill='#f4f6f7'/><path d='M62 58h116v30H60z' fill='url(#a)'/><path d='M60 110h120l2 62H58z' fill='{c}'/>{label:120,148,20,{t}}"
        "<path d='M70 50h100v10H70z' fill='#dde4e7'/>"
    ),
    "water": (
        "<path d='M100 54h40v16q22 12 24 34v96q0 14-14 14H90q-14 0-14-14v-96q2-22 24-34z' fill='#cfe9f5'/><path d='M140 70q22 12 24 34v96q0 14-14 14h-14q14-60 4-144z' fill='#a9d5ea'/>"
        "<rect x='102' y='30' width='36' height='24' rx='5' fill='url(#a)'/><rect x='76' y='118' width='88' height='52' fill='{c}'/>{label:120,150,17,{t}}"
    ),
    "mug": (
        "<path d='M160 92h18q30 4 30 40t-36 40h-16v-18h14q18-2 18-22t-16-22h-12z' fill='{d}'/><path d='M46 72h120v106q0 24-24 24H70q-24 0-24-24z' fill='url(#a)'/><ellipse cx='106' cy='72' rx='60' ry='13' fill='{l}'/><ellipse cx='106' cy='73' rx='50' ry='9' fill='#5a3a25'/>{label:104,142,20,{t}}"
    ),
    "pan": (
        "<path d='M150 118l70-22q8-2 9 6t-7 10l-66 22z' fill='url(#k)'/><ellipse cx='98' cy='132' rx='82' ry='40' fill='{d}'/><ellipse cx='98' cy='124' rx='82' ry='40' fill='url(#a)'/><ellipse cx='98' cy='122' rx='66' ry='30' fill='#3a4145'/><ellipse cx='98' cy='119' rx='58' ry='24' fill='#4b5459'/>{label:98,124,14,#cfd6d9}"
    ),
}
