"""Drawings of things on a desk. Placeholders: see `draw`."""

DESK = {
    "stapler": (
        "<path d='M36 168h164q10 0 10 10v6H30v-8q0-8 6-8z' fill='url(#k)'/>"
        "<path d='M44 160q-10-38 18-46l124-30q22-4 26 14 2 14-14 20L92 160z' fill='url(#a)'/>"
        "<path d='M60 122l120-29q16-3 20 6l-136 35z' fill='{l}' opacity='.55'/>"
        "<path d='M40 160h120v9H40z' fill='url(#m)'/><circle cx='196' cy='150' r='15' fill='url(#k)'/>"
        "<g transform='rotate(-13 126 122)'>{label:126,126,17,{t}}</g>"
    ),
    "staples": (
        "<path d='M40 92l100-28 64 30-100 34z' fill='{l}'/><path d='M40 92l64 36v62l-64-40z' fill='{d}'/>"
        "<path d='M104 128l100-34v60l-100 36z' fill='url(#a)'/>"
        "<g transform='skewY(-19) translate(0 52)'>{label:154,164,17,{t}}</g>"
        "<path d='M58 206h54M58 206v12M112 206v12M122 210h54M122 210v10M176 210v10' stroke='#8d979d' stroke-width='5' fill='none'/>"
    ),
    "pen": (
        "<g transform='rotate(-38 120 120)'><rect x='38' y='108' width='130' height='24' rx='10' fill='url(#b)'/>"
        "<path d='M168 109l34 8q6 3 0 6l-34 8z' fill='url(#m)'/><rect x='26' y='111' width='16' height='18' rx='6' fill='{d}'/>"
        "<rect x='38' y='104' width='66' height='7' rx='3' fill='url(#m)'/><rect x='128' y='108' width='34' height='24' fill='{d}' opacity='.45'/>"
        "{label:82,126,13,{t}}</g>"
    ),
    "gel-pen": (
        "<g transform='rotate(-38 120 120)'><rect x='38' y='107' width='132' height='26' rx='8' fill='#e9eff1'/>"
        "<rect x='52' y='116' width='108' height='8' rx='4' fill='{c}'/><rect x='28' y='105' width='62' height='30' rx='9' fill='url(#b)'/>"
        "<path d='M170 108l36 9q5 3 0 6l-36 9z' fill='{d}'/><rect x='34' y='100' width='52' height='7' rx='3' fill='{d}'/>"
        "{label:114,112,11,#4a5a60}</g>"
    ),
    "marker": (
        "<g transform='rotate(-30 120 120)'><rect x='30' y='98' width='118' height='44' rx='8' fill='#f3f5f5'/>"
        "<rect x='30' y='98' width='118' height='44' rx='8' fill='url(#b)' opacity='.9'/><rect x='42' y='106' width='82' height='28' rx='4' fill='#fff'/>"
        "<rect x='148' y='104' width='34' height='32' rx='4' fill='{d}'/><path d='M182 110l24 6v8l-24 6z' fill='{d}'/>"
        "{label:83,126,16,{d}}</g>"
    ),
    "highlighter": (
        "<g transform='rotate(-30 120 120)'><rect x='34' y='92' width='100' height='56' rx='14' fill='url(#b)'/>"
        "<path d='M134 100h34l10 12v16l-10 12h-34z' fill='{d}'/><path d='M178 112l26-2v22l-26-4z' fill='{c}'/>"
        "<rect x='50' y='106' width='70' height='28' rx='6' fill='#fff' opacity='.85'/>{label:85,126,14,#3c474b}</g>"
        "<path d='M30 214q70-14 150-6' stroke='{c}' stroke-width='14' opacity='.45' fill='none'/>"
    ),
    "pencil": (
        "<g transform='rotate(-38 120 120)'><path d='M44 106h124v10H44z' fill='{l}'/><path d='M44 114h124v12H44z' fill='{c}'/>"
        "<path d='M44 124h124v10H44z' fill='{d}'/><path d='M168 106l40 14-40 14z' fill='#ecc897'/><path d='M196 116l12 4-12 4z' fill='{d}'/>"
        "<rect x='34' y='105' width='14' height='30' fill='url(#m)'/><rect x='20' y='106' width='16' height='28' rx='7' fill='#e58e94'/>"
        "{label:104,124,11,{t}}</g>"
    ),
    "eraser": (
        "<g transform='rotate(-14 120 130)'><rect x='40' y='96' width='160' height='66' rx='12' fill='#f6f6f4'/>"
        "<rect x='40' y='140' width='160' height='22' rx='10' fill='#dfe2e1'/><path d='M78 92h126v74H78z' fill='url(#b)'/>"
        "{label:142,138,24,{t}}</g>"
    ),
    "ruler": (
        "<g transform='rotate(-24 120 120)'><rect x='14' y='96' width='212' height='48' rx='5' fill='url(#b)' opacity='.85'/>"
        "<path d='M26 96v18M36 96v12M46 96v12M56 96v12M66 96v18M76 96v12M86 96v12M96 96v12M106 96v18M116 96v12M126 96v12M136 96v12"
        "M146 96v18M156 96v12M166 96v12M176 96v12M186 96v18M196 96v12M206 96v12' stroke='{t}' stroke-width='2'/>{label:120,136,14,{t}}</g>"
    ),
    "scissors": (
        "<path d='M84 154L176 34q12 8 6 22L104 166z' fill='url(#m)'/><path d='M156 154L64 34q-12 8-6 22l78 110z' fill='#b8c2c7'/>"
        "<circle cx='120' cy='112' r='7' fill='#6b777c'/>"
        "<ellipse cx='76' cy='184' rx='30' ry='36' transform='rotate(28 76 184)' fill='none' stroke='{c}' stroke-width='15'/>"
        "<ellipse cx='164' cy='184' rx='30' ry='36' transform='rotate(-28 164 184)' fill='none' stroke='{d}' stroke-width='15'/>"
    ),
    "tape": (
        "<circle cx='112' cy='122' r='84' fill='url(#a)'/><circle cx='112' cy='122' r='84' fill='none' stroke='{d}' stroke-width='3' opacity='.5'/>"
        "<circle cx='112' cy='122' r='52' fill='#d9b48a'/><circle cx='112' cy='122' r='43' fill='#fff'/>"
        "<path d='M190 154l30 38q-16 2-26-8l-22-8z' fill='{c}' opacity='.75'/>{label:112,70,13,{t}}"
    ),
    "glue": (
        "<rect x='86' y='70' width='68' height='140' rx='10' fill='url(#a)'/><rect x='92' y='34' width='56' height='44' rx='8' fill='{d}'/>"
        "<rect x='86' y='104' width='68' height='72' fill='#fff' opacity='.94'/>{label:120,138,16,{d}}"
        "<path d='M98 156h44M106 164h28' stroke='{c}' stroke-width='3'/>"
    ),
    "correction-pen": (
        "<path d='M84 88h72l-6 116q-1 8-10 8h-40q-9 0-10-8z' fill='#f5f6f6'/><path d='M156 88l-6 116q-1 8-10 8h-14l10-124z' fill='#dde3e5'/>"
        "<rect x='96' y='40' width='48' height='50' rx='8' fill='url(#a)'/><rect x='87' y='116' width='66' height='52' fill='{c}'/>{label:120,148,15,{t}}"
    ),
    "paper-clips": (
        "<rect x='52' y='104' width='136' height='96' rx='8' fill='url(#a)'/><rect x='64' y='116' width='112' height='48' rx='4' fill='#fff' opacity='.9'/>"
        "{label:120,146,18,{d}}"
        "<g fill='none' stroke='#8d979d' stroke-width='5'><path d='M62 96V54q0-12 12-12t12 12v44q0 7-7 7t-7-7V62'/>"
        "<path d='M112 98V48q0-12 12-12t12 12v50q0 7-7 7t-7-7V58'/></g>"
        "<path d='M160 100V58q0-10 10-10t10 10v42' fill='none' stroke='{d}' stroke-width='5'/>"
    ),
    "hole-punch": (
        "<path d='M28 186h184q6 0 6 6v8H22v-8q0-6 6-6z' fill='url(#k)'/><path d='M44 186v-34q0-10 10-10h134q10 0 10 10v34z' fill='url(#m)'/>"
        "<path d='M32 132q14-58 88-62 78 2 92 50 4 18-12 20H44q-14 0-12-8z' fill='url(#b)'/>"
        "<circle cx='76' cy='166' r='7' fill='#465157'/><circle cx='166' cy='166' r='7' fill='#465157'/>{label:120,118,18,{t}}"
    ),
    "desk-organiser": (
        "<path d='M58 96V44l10-14 10 14v52z' fill='#e3b23c'/><path d='M92 100V36h12v64z' fill='#2b6cb0'/><path d='M150 110V52h14v58z' fill='#c0392b'/>"
        "<path d='M36 92h92v118H46q-10 0-10-10z' fill='url(#a)'/><path d='M128 118h78v82q0 10-10 10h-68z' fill='{d}'/>"
        "<path d='M36 92h92v10H36zM128 118h78v9h-78z' fill='{l}'/>{label:82,166,15,{t}}"
    ),
    "sticky-notes": (
        "<path d='M50 70h140v140H60q-10 0-10-10z' fill='{d}'/><path d='M44 62h140v140H54q-10 0-10-10z' fill='{l}'/>"
        "<path d='M38 54h140v110l-30 30H48q-10 0-10-10z' fill='{c}'/><path d='M178 164h-22q-8 0-8 8v22z' fill='{d}'/>{label:106,124,18,{t}}"
    ),
    "calculator": (
        "<rect x='54' y='22' width='132' height='198' rx='14' fill='url(#k)'/><rect x='68' y='38' width='104' height='40' rx='5' fill='#bfd0b8'/>"
        "<path d='M140 48h6v20h-6zM154 48h6v20h-6z' fill='#35443a'/>"
        "<g fill='#e8ecee'><rect x='68' y='110' width='22' height='18' rx='4'/><rect x='95' y='110' width='22' height='18' rx='4'/><rect x='122' y='110' width='22' height='18' rx='4'/>"
        "<rect x='68' y='134' width='22' height='18' rx='4'/><rect x='95' y='134' width='22' height='18' rx='4'/><rect x='122' y='134' width='22' height='18' rx='4'/>"
        "<rect x='68' y='158' width='22' height='18' rx='4'/><rect x='95' y='158' width='22' height='18' rx='4'/><rect x='122' y='158' width='22' height='18' rx='4'/>"
        "<rect x='68' y='182' width='49' height='18' rx='4'/><rect x='122' y='182' width='22' height='18' rx='4'/></g>"
        "<g fill='#df7a3b'><rect x='150' y='110' width='22' height='18' rx='4'/><rect x='150' y='134' width='22' height='18' rx='4'/><rect x='150' y='158' width='22' height='42' rx='4'/></g>"
        "{label:120,99,14,#e8ecee}"
    ),
}
