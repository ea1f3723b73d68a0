"""Drawings of electronics and appliances. Placeholders: see `draw`."""

MACHINES = {
    "mouse": (
        "<path d='M120 52q62 0 62 78t-62 86q-62-8-62-86t62-78z' fill='url(#a)'/><path d='M120 52v64M60 118q60 20 120 0' fill='none' stroke='{d}' stroke-width='3'/>"
        "<rect x='111' y='74' width='18' height='38' rx='9' fill='#20272a'/><rect x='115' y='80' width='10' height='24' rx='5' fill='#7c888e'/>{label:120,178,16,{t}}"
    ),
    "keyboard": (
        "<path d='M24 96h192q8 0 8 8v74q0 8-8 8H24q-8 0-8-8v-74q0-8 8-8z' fill='url(#b)'/>"
        "<g stroke='{l}' stroke-width='11' stroke-dasharray='13 4' opacity='.85'><path d='M28 114h184M32 131h178M28 148h184'/></g>"
        "<path d='M30 167h34M72 167h96M176 167h36' stroke='{l}' stroke-width='11' opacity='.85'/>{label:120,90,14,#66757b}"
    ),
    "monitor": (
        "<rect x='18' y='40' width='204' height='128' rx='8' fill='url(#k)'/><rect x='26' y='48' width='188' height='106' fill='#17394a'/><path d='M26 154V96q50-34 96 0t92-24v82z' fill='{c}' opacity='.75'/><path d='M26 154v-26q60-30 110 0t78-14v40z' fill='#e9f6f2' opacity='.35'/>"
        "<path d='M100 168h40l8 34H92z' fill='#49555a'/><rect x='70' y='200' width='100' height='10' rx='5' fill='#333c40'/>{label:120,165,9,#cfd6d9}"
    ),
    "laptop": (
        "<path d='M48 60q0-8 8-8h128q8 0 8 8v98H48z' fill='url(#k)'/><path d='M57 61h126v88H57z' fill='#1d4d5d'/><path d='M57 149l40-48 30 26 26-36 30 40v18z' fill='{c}' opacity='.8'/>"
        "<path d='M48 158h144l26 32q2 8-8 8H30q-10 0-8-8z' fill='url(#m)'/><path d='M58 164h124l12 16H46z' fill='#5d686d'/><path d='M98 184h44l4 8H94z' fill='#c4ccd0'/>{label:120,144,10,#fff}"
    ),
    "printer": (
        "<path d='M70 38h100v52H70z' fill='#f7f9f9' stroke='#d4dbde' stroke-width='2'/><path d='M30 96q0-12 12-12h156q12 0 12 12v70H30z' fill='url(#b)'/><path d='M30 132h180v48q0 10-10 10H40q-10 0-10-10z' fill='{d}'/>"
        "<path d='M64 146h112v12H64z' fill='#1d2427'/><path d='M70 152h100v52H70z' fill='#fff' stroke='#d4dbde' stroke-width='2'/><path d='M84 170h72M84 182h50' stroke='#c8d0d4' stroke-width='4'/><circle cx='186' cy='110' r='6' fill='#4bb07a'/>{label:100,116,17,{t}}"
    ),
    "usb-stick": (
        "<g transform='rotate(-28 120 120)'><rect x='30' y='92' width='130' height='56' rx='14' fill='url(#b)'/><rect x='160' y='100' width='48' height='40' rx='3' fill='url(#m)'/><path d='M172 110h12v7h-12zM172 124h12v7h-12z' fill='#56636a'/><circle cx='48' cy='120' r='7' fill='#fff'/>{label:106,127,18,{t}}</g>"
    ),
    "ssd": (
        "<rect x='42' y='54' width='156' height='136' rx='10' fill='url(#k)'/><rect x='54' y='66' width='132' height='86' rx='4' fill='{c}'/><path d='M54 152l132-60v60z' fill='{d}' opacity='.6'/>{label:120,112,22,{t}}<rect x='66' y='162' width='50' height='14' rx='2' fill='#e3b23c'/>"
    ),
    "memory-card": (
        "<path d='M72 34h76l26 28v136q0 10-10 10H72q-10 0-10-10V44q0-10 10-10z' fill='url(#k)'/><g fill='#e3b23c'><path d='M80 42h10v26H80zM96 42h10v26H96zM112 42h10v26h-10zM128 42h10v26h-10z'/></g><rect x='72' y='92' width='92' height='92' rx='5' fill='{c}'/>{label:118,144,18,{t}}"
    ),
    "router": (
        "<path d='M52 134L36 44M188 134l16-90M120 134V34' stroke='#343d41' stroke-width='9' stroke-linecap='round'/><path d='M26 140q4-12 18-12h152q14 0 18 12l8 40q0 14-14 14H32q-14 0-14-14z' fill='url(#b)'/>"
        "<g fill='#4bb07a'><circle cx='70' cy='176' r='5'/><circle cx='90' cy='176' r='5'/><circle cx='110' cy='176' r='5'/></g><circle cx='130' cy='176' r='5' fill='{l}'/>{label:120,158,18,{t}}"
    ),
    "cable": (
        "<path d='M52 76v44q0 70 66 70t66-66q0-44-40-44t-40 40q0 30 26 30t26-24V70' fill='none' stroke='{c}' stroke-width='11'/><path d='M52 76v44q0 70 66 70' fill='none' stroke='{l}' stroke-width='4' opacity='.6'/>"
        "<rect x='38' y='50' width='28' height='34' rx='4' fill='#353e42'/><rect x='42' y='30' width='20' height='22' fill='url(#m)'/><rect x='144' y='42' width='24' height='32' rx='4' fill='#353e42'/><rect x='149' y='28' width='14' height='16' rx='3' fill='url(#m)'/>"
    ),
    "headset": (
        "<path d='M50 140V118q0-72 70-72t70 72v22' fill='none' stroke='url(#k)' stroke-width='14'/><path d='M58 112q4-56 62-56' fill='none' stroke='#6c7980' stroke-width='3'/><rect x='34' y='122' width='42' height='70' rx='18' fill='url(#a)'/><rect x='164' y='122' width='42' height='70' rx='18' fill='url(#a)'/>"
        "<path d='M56 190q6 28 44 28' fill='none' stroke='#343d41' stroke-width='6'/><rect x='96' y='208' width='32' height='16' rx='8' fill='#20272a'/>"
    ),
    "webcam": (
        "<rect x='40' y='72' width='160' height='72' rx='36' fill='url(#k)'/><circle cx='120' cy='108' r='30' fill='#11181b'/><circle cx='120' cy='108' r='21' fill='{c}'/><circle cx='120' cy='108' r='11' fill='#0c1113'/><circle cx='112' cy='100' r='6' fill='#fff' opacity='.8'/><circle cx='172' cy='108' r='4' fill='#4bb07a'/><path d='M104 144h32l6 36q14 2 20 22H78q6-20 20-22z' fill='#3b454a'/>{label:68,112,10,#cfd6d9}"
    ),
    "power-bank": (
        "<rect x='66' y='28' width='108' height='188' rx='18' fill='url(#a)'/><rect x='76' y='38' width='88' height='30' rx='6' fill='#20272a' opacity='.85'/><g fill='#fff'><circle cx='98' cy='53' r='4'/><circle cx='112' cy='53' r='4'/><circle cx='126' cy='53' r='4'/><circle cx='140' cy='53' r='4' opacity='.4'/></g><rect x='104' y='22' width='32' height='8' rx='3' fill='#59656a'/>{label:120,140,20,{t}}"
    ),
    "charger": (
        "<rect x='58' y='72' width='104' height='104' rx='18' fill='url(#a)'/><path d='M162 100h34v10h-34zM162 138h34v10h-34z' fill='url(#m)'/><rect x='46' y='108' width='16' height='32' rx='4' fill='#39444a'/><path d='M110 98l-20 32h16l-6 24 22-32h-16z' fill='{t}' opacity='.9'/>{label:110,168,11,{t}}"
    ),
    "lamp": (
        "<path d='M92 204l28-98 48-38' fill='none' stroke='url(#k)' stroke-width='9' stroke-linejoin='round'/><path d='M132 70q8-44 58-30l20 46q-44 24-78-16z' fill='url(#a)'/><ellipse cx='190' cy='84' rx='25' ry='10' fill='#fff4c2' transform='rotate(-24 190 84)'/><ellipse cx='92' cy='206' rx='52' ry='12' fill='{d}'/><circle cx='120' cy='106' r='8' fill='#8d979d'/>"
    ),
    "bulb": (
        "<path d='M120 30q60 4 60 62 0 28-26 52-8 10-8 26H94q0-16-8-26-26-24-26-52 0-58 60-62z' fill='#fff3bf'/><path d='M120 30q60 4 60 62 0 28-26 52-8 10-8 26h-18q34-60-8-140z' fill='#ffe48a'/><path d='M92 170h56v10q0 26-28 30-28-4-28-30z' fill='url(#m)'/><path d='M92 180h56M94 192h52' stroke='#7c888e' stroke-width='3'/>{label:114,112,18,#9a7a1c}"
    ),
    "batteries": (
        "<rect x='56' y='54' width='50' height='156' rx='8' fill='url(#a)'/><rect x='70' y='42' width='22' height='14' rx='3' fill='url(#m)'/><rect x='56' y='54' width='50' height='44' rx='8' fill='#e3b23c'/>"
        "<rect x='132' y='54' width='50' height='156' rx='8' fill='url(#a)'/><rect x='146' y='42' width='22' height='14' rx='3' fill='url(#m)'/><rect x='132' y='54' width='50' height='44' rx='8' fill='#e3b23c'/>"
        "<g transform='rotate(-90 81 152)'>{label:81,158,15,{t}}</g><g transform='rotate(-90 157 152)'>{label:157,158,15,{t}}</g>"
    ),
    "kettle": (
        "<path d='M160 86q52 0 46 60-4 34-30 38l-4-14q18-6 18-30 2-38-30-38z' fill='url(#k)'/><path d='M64 80h96l16 110q0 14-14 14H62q-14 0-14-14z' fill='url(#a)'/><path d='M66 96l-36-10 8 26 24 18z' fill='{d}'/><path d='M68 80q2-26 44-26t44 26z' fill='{d}'/><rect x='102' y='40' width='20' height='16' rx='6' fill='#343d41'/><rect x='44' y='200' width='136' height='12' rx='6' fill='#343d41'/>{label:112,152,18,{t}}"
    ),
    "iron": (
        "<path d='M26 178q20-84 110-84h60q14 0 16 16l8 68z' fill='url(#a)'/><path d='M20 178h202q4 0 4 6v10H16q0-16 4-16z' fill='url(#m)'/><path d='M88 106q8-48 60-48h44q12 0 12 14v26' fill='none' stroke='url(#k)' stroke-width='18'/><circle cx='112' cy='140' r='14' fill='#fff' opacity='.9'/>{label:166,152,16,{t}}"
    ),
    "vacuum": (
        "<path d='M150 126q-4-70 48-86' fill='none' stroke='#353e42' stroke-width='9'/><path d='M198 40l16 150' stroke='#8d979d' stroke-width='8'/><path d='M194 186h40l4 20h-52z' fill='#343d41'/><path d='M26 164q0-52 62-56 68-2 82 56z' fill='url(#b)'/><path d='M22 164h150v22q0 8-8 8H30q-8 0-8-8z' fill='{d}'/><circle cx='56' cy='186' r='24' fill='#2b3336'/><circle cx='56' cy='186' r='11' fill='#8d979d'/>{label:106,150,16,{t}}"
    ),
    "hair-dryer": (
        "<path d='M92 120l22 84q2 10-8 12l-16 2q-10 0-12-10L66 120z' fill='{d}'/><circle cx='92' cy='92' r='50' fill='url(#a)'/><path d='M96 46h96q10 2 10 14v62q0 12-10 14l-80 6z' fill='url(#b)'/><path d='M196 54h20v76h-20z' fill='#343d41'/><circle cx='84' cy='92' r='25' fill='#343d41' opacity='.85'/>{label:152,98,15,{t}}"
    ),
}
