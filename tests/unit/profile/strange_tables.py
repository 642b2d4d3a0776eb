"""Invented tables of other houses: what stands in each column, and what must become of it. Seeded, all people ours.

A line is `column ; mark ; cells`. Marks: `!` names a person, `d` a date, `z` a place below a state, `a` an age, `t`
prose, `k` clinical and worth keeping. Cells are templates parted by ` | `: `#` a digit, `@` a capital letter,
{g} and {s} a given and a family name, {G} {S} in capitals, {gi} an initial, {y} a year of birth, {n} a running number;
`1..9` and `0.8..2.1` are numbers, `%d.%m.%Y` and other such forms dates.
"""

from __future__ import annotations

import random
import re
from datetime import date, timedelta

import pandas as pd

ROWS = 120
# fmt: off
GIVENS = ["Xandrel", "Ivarre", "Tolmie", "Brisca", "Odwena", "Jorvik", "Pelline", "Saskor", "Ulrissa", "Nanvel"]
FAMILIES = ["Quillby", "Tharrow", "Nemsby", "Vostik", "Ondrake", "Pellowin", "Zarbeck", "Ulvane", "Morrish", "Kestwin"]
# fmt: on

TABLES = {
    "dialysis_nl": """
        patnr ; ! ; {n}
        vnaam ; ! ; {g}
        anaam ; ! ; {s}
        gebdat ; d ; %d-%m-%Y
        gesl ; k ; M | V
        pc ; z ; #### @@
        tel_vast ; ! ; 020-#######
        ha ; ! ; Dr. {s}
        dialdat ; d ; %d-%m-%y
        toegang ; k ; AVF | AVG | CVC
        gew_voor ; k ; 50.1..119.9
        vpk ; ! ; mvdb | jkl | apd | swi
        opm ; t ; Pijn aan de shunt, gebeld met {g}. Controle over {n} dagen. | Geen klachten vandaag. Nummer {n}.""",
    "sus_br": """
        NU_PRONTUARIO ; ! ; {n}
        NO_PACIENTE ; ! ; {G} {S}
        NU_CPF ; ! ; ###.###.###-##
        NU_CNS ; ! ; 7##############
        DT_NASC ; d ; %d/%m/%Y
        CO_SEXO ; k ; M | F
        NU_CEP ; z ; #####-###
        CO_MUN_RES ; z ; 355030 | 330455 | 310620
        CO_CID ; k ; C50.9 | I10 | E11.9 | J18.9 | N18.5
        VL_TOTAL ; k ; 100.1..9000.9
        NU_TELEFONE ; ! ; (11) 9####-####""",
    "japan": """
        kanja_no ; ! ; {n}
        kanji ; ! ; 田中 太郎 | 佐藤 花子 | 鈴木 一郎 | 渡辺 健
        kana ; ! ; タナカ タロウ | サトウ ハナコ | スズキ イチロウ
        seinengappi ; d ; S#.#.1# | H1#.#.2# | R#.1#.#
        seibetsu ; k ; 男 | 女
        jusho ; z ; 東京都新宿区西新宿2-8-1 | 京都府京都市中京区1-2
        alb ; k ; 2.1..4.9""",
    "india": """
        uhid ; ! ; AH00#####
        s_o_d_o_w_o ; ! ; S/O {g} {s} | D/O {g} {s}
        aadhaar ; ! ; 7### #### ####
        abha_addr ; ! ; {gl}{n}@abdm
        mob ; ! ; 98########
        vill ; z ; Stonwick | Vellmere | Oskeby
        pin ; z ; 56####
        hb_gdl ; k ; 6.1..15.9
        dx ; k ; Dengue | Malaria | Typhoid | TB""",
    "wearable": """
        dev_sn ; ! ; FB########X
        last_ip ; ! ; 203.0.113.1## | 198.51.100.2#
        bt_mac ; ! ; AA:#@:0#:##:@#:##
        ts_ms ; d ; 16##########0
        hr ; k ; 50..160
        spo2_pct ; k ; 90..100
        fw ; k ; 10.2.0.1 | 10.2.0.3 | 11.0.1.0
        ssid ; ! ; {s}-WiFi""",
    "ambulance": """
        incident_no ; ! ; 24-00####
        call_taker ; ! ; TOLMIE B | ODWENA Q | JORVIK P | EBBOR S
        loc_x ; z ; 440000.1..449999.9
        loc_y ; z ; 3700000.1..3709999.9
        xstreet ; z ; {s} / {s}
        det_code ; k ; 10-D-1 | 17-B-3 | 26-A-2
        pt_initial_yob ; ! ; {gi}{gi}{y}
        gcs ; k ; 3..15""",
    "hl7": """
        PID-3 ; ! ; 4######
        PID-5 ; ! ; {S}^{G}^^
        PID-7 ; d ; %Y%m%d
        PID-8 ; k ; M | F
        PID-11 ; z ; ### Salt Lane^^Vellmere^OH^44101
        PID-13 ; ! ; (216)555-####
        PV1-2 ; k ; I | O | E
        PV1-7 ; ! ; 1234^ULVANE^ODWENA | 9921^VOSTIK^JORVIK
        PV1-44 ; d ; %Y%m%d0930
        OBX-3 ; k ; 718-7 | 2160-0 | 2345-7
        OBX-5 ; k ; 4.1..16.9
        OBX-6 ; k ; g/dL | mg/dL
        NK1_2 ; ! ; {S}^{G}""",
    "without_headers": """
        V1 ; ! ; {g}
        V2 ; ! ; {s}
        V3 ; d ; %d%b%Y
        V4 ; ! ; {S}_{gi}_{y}
        V5 ; k ; M | F
        V6 ; k ; C50.9 | C34.1 | C61.0 | I10.0 | E11.9
        V7 ; k ; 1.1..19.9
        V8 ; ! ; 1{n}
        V9 ; z ; ### {s} Road
        V10 ; z ; Stonwick | Grenzbach | Vellmere | Port Anning
        V11 ; d ; 3####
        V12 ; d ; 16########
        V13 ; ! ; {gi}{gi}{y}""",
    "wrong_headers": """
        weight_kg ; ! ; 44########
        stage ; ! ; {s}
        sex ; z ; Stonwick | Grenzbach | Vellmere | Oskeby
        regimen ; ! ; {S}, {G}
        score ; d ; %Y%m%d
        race ; ! ; MRN{n}
        comment ; k ; yes | no
        tumor_marker ; ! ; {gi}. {s}""",
    "glued": """
        key ; ! ; {S}_{gi}_{y}
        img_path ; ! ; /data/{sl}/{gl}_{y}.dcm
        link ; ! ; https://vellmere.test/p?name={gl}+{sl}&dob={y}-01-02
        payload ; ! ; {{"pt": {{"name": "{g} {s}", "hb": 12}}}}
        xml ; ! ; <pt><n>{s}</n><hb>12</hb></pt>
        dicom_desc ; ! ; {S}^{G}
        batch_label ; ! ; B{n}-{S}""",
    "dates": """
        agemo ; a ; 12..1180
        age_at_dx ; a ; 4#y#m | 9#y#m
        adm ; d ; %d%b%y
        fu ; d ; %m/%Y
        when ; d ; %A, %B %d, %Y
        isob ; d ; %Y%m%dT093012Z""",
    "scripts": """
        adi ; ! ; Ayşe Yılmaz | Mehmet Öztürk | Fatma Şahin
        ism ; ! ; محمد علي | فاطمة حسن | أحمد يوسف
        shem ; ! ; דוד כהן | שרה לוי | רחל פרץ
        thai ; ! ; สมชาย ใจดี | วิชัย ศรีสุข
        nick ; ! ; {gl}🌸{n}
        mood ; k ; 😀 | 😐 | 😢
        pain ; k ; 0..10""",
    "clinical": """
        subject ; ! ; TR-{n}
        regimen ; k ; FOLFOX | FOLFIRI | R-CHOP | AC-T
        stage ; k ; IIA | IIB | III | IV
        her2_ihc ; k ; 0 | 1+ | 2+ | 3+
        bp ; k ; 1#0/8#
        crp ; k ; <0.3 | 1.2 | 14 | 5.5 | >200
        morph ; k ; 8500/3 | 8140/3 | 9680/3
        atc ; k ; L01BC02 | L01XA03 | A10BA02
        organism ; k ; E. coli | S. aureus | K. pneumoniae
        eponym ; k ; Parkinson disease | Crohn disease | Hodgkin lymphoma
        gene ; k ; TP53 | BRCA1 | KRAS
        hgvsp ; k ; p.V600E | p.G12D | p.R175H
        ae ; k ; Nausea | Headache | Neutropenia
        drug ; k ; Metformin 500 mg | Aspirin 81 mg | Lisinopril 10 mg
        scale ; k ; Karnofsky | Barthel | Apgar
        i7_index ; k ; ACGTTGCA | TTGACCGA | GGACTTAC | CATGGTAC
        lab ; k ; 4.1 | 5.2 | 6.3 | not done | haemolysed
        titer ; k ; 1:40 | 1:80 | 1:160""",
}


def lines_of(table: str) -> dict[str, tuple[str, str]]:
    """Return mark and cells by column."""
    parts = (line.split(";", 2) for line in TABLES[table].strip().splitlines())
    return {name.strip(): (mark.strip(), cells.strip()) for name, mark, cells in parts}


def frame(table: str) -> pd.DataFrame:
    """Return the table, always the same."""
    rng = random.Random(table)
    columns = {name: [_cell(rng, cells, i) for i in range(ROWS)] for name, (_, cells) in lines_of(table).items()}
    return pd.DataFrame(columns, dtype=str)


def _cell(rng: random.Random, cells: str, row: int) -> str:
    numbers = re.fullmatch(r"([\d.]+?)\.\.([\d.]+)", cells)
    if numbers:
        low, high = float(numbers[1]), float(numbers[2])
        return f"{rng.uniform(low, high):.{1 if '.' in numbers[1] else 0}f}"
    form = rng.choice(cells.split(" | "))
    if "%" in form:
        return (date(1950, 1, 1) + timedelta(rng.randrange(25_000))).strftime(form)
    given, family = rng.choice(GIVENS), rng.choice(FAMILIES)
    named = form.format(
        g=given, s=family, G=given.upper(), S=family.upper(), gl=given.lower(), sl=family.lower(), gi=given[0],
        y=rng.randrange(1930, 2005), n=f"{100_234 + 7 * row:06d}",
    )  # fmt: skip
    named = re.sub("#", lambda _: rng.choice("0123456789"), named)
    return re.sub("@", lambda _: rng.choice("ABCDEF"), named) if "@abdm" not in form else named
