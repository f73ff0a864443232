"""Encodings: told by what the bytes say as letters; a doubtful choice and every replaced character is noted."""

import datetime
import time

import pytest

from search.articles import NoteKind
from search.reading import ReadingContext, Survey, find_files, read_files
from search.reading.decoding import NotTextError, decode
from search.reading.guessing import guess
from search.reading.mojibake import find_mojibake

TODAY = datetime.date(2024, 11, 22)

TEXTS = {
    "cs": (
        "Vláda v pondělí schválila návrh státního rozpočtu na příští rok. Ministr financí řekl, že schodek "
        "bude nižší než letos, opozice však návrh odmítla. Podle předsedy hnutí by měla koalice šetřit "
        "především na provozu úřadů, nikoli na důchodech. „Nemůžeme pořád jen přidávat,“ uvedl. Policie v "
        "Brně zadržela tři muže, kteří údajně kradli měděné kabely podél železniční trati. Škoda přesáhla "
        "půl milionu korun. Meteorologové čekají koncem týdne silný vítr a místy bouřky, teploty klesnou pod "
        "dvacet stupňů."
    ),
    "pl": (
        "Rząd przyjął w poniedziałek projekt budżetu na przyszły rok. Minister finansów powiedział, że "
        "deficyt będzie niższy niż w tym roku. Opozycja odrzuciła projekt i żąda dłuższej debaty w Sejmie. "
        "„Nie możemy się na to zgodzić” – powiedział przewodniczący klubu. Policja zatrzymała w Łodzi trzech "
        "mężczyzn podejrzanych o kradzież samochodów. Według prognozy pod koniec tygodnia spodziewane są "
        "burze i silny wiatr, a temperatura spadnie poniżej piętnastu stopni."
    ),
    "hu": (
        "A kormány hétfőn elfogadta a jövő évi költségvetés tervezetét. A pénzügyminiszter közölte, hogy a "
        "hiány kisebb lesz, mint az idén. Az ellenzék elutasította a javaslatot, és hosszabb vitát követel a "
        "parlamentben. A rendőrség három férfit vett őrizetbe Győrben, akiket lopással gyanúsítanak. A hét "
        "végén erős szél és zivatarok várhatók, a hőmérséklet tizenöt fok alá csökken. „Nem fogadhatjuk el” "
        "– mondta a párt elnöke."
    ),
    "ro": (
        "Guvernul a aprobat luni proiectul bugetului pentru anul viitor. Ministrul finanţelor a declarat că "
        "deficitul va fi mai mic decât anul acesta. Opoziţia a respins proiectul şi cere o dezbatere mai "
        "lungă în Parlament. Poliţia a reţinut la Iaşi trei bărbaţi suspectaţi de furt. La sfârşitul "
        "săptămânii sunt aşteptate furtuni şi vânt puternic, iar temperaturile vor scădea sub cincisprezece "
        "grade."
    ),
    "hr": (
        "Vlada je u ponedjeljak usvojila prijedlog proračuna za sljedeću godinu. Ministar financija rekao je "
        "da će manjak biti manji nego ove godine. Oporba je odbacila prijedlog i traži dužu raspravu u "
        "Saboru. Policija je u Splitu uhitila trojicu muškaraca osumnjičenih za krađu. Krajem tjedna očekuju "
        "se grmljavina i jak vjetar, a temperatura će pasti ispod petnaest stupnjeva, izvješćuje Državni "
        "hidrometeorološki zavod."
    ),
    "sk": (
        "Vláda v pondelok schválila návrh štátneho rozpočtu na budúci rok. Minister financií povedal, že "
        "schodok bude nižší ako tento rok. Opozícia návrh odmietla a žiada dlhšiu rozpravu v parlamente. "
        "Polícia v Košiciach zadržala troch mužov, ktorí údajne kradli káble pozdĺž železnice. Koncom týždňa "
        "sa očakávajú búrky a silný vietor, teploty klesnú pod pätnásť stupňov, hlásia meteorológovia."
    ),
    "tr": (
        "Hükümet pazartesi günü gelecek yılın bütçesini onayladı. Maliye bakanı açığın bu yıldan düşük "
        "olacağını söyledi. Muhalefet ise değişiklik istiyor ve Meclis'te daha uzun bir görüşme talep "
        "ediyor. Polis İzmir'de hırsızlık şüphesiyle üç kişiyi gözaltına aldı. Hafta sonunda gök gürültülü "
        "sağanak yağış ve kuvvetli rüzgâr bekleniyor, sıcaklık on beş derecenin altına düşecek."
    ),
    "ru": (
        "Правительство в понедельник утвердило проект бюджета на следующий год. Министр финансов сообщил, "
        "что дефицит будет ниже, чем в этом году. Оппозиция отвергла проект и требует более длительного "
        "обсуждения в Думе. «Мы не можем с этим согласиться», — заявил глава фракции. Полиция задержала в "
        "Казани трёх мужчин, подозреваемых в кражах. В конце недели ожидаются грозы и сильный ветер, "
        "температура опустится ниже пятнадцати градусов."
    ),
    "uk": (
        "Уряд у понеділок схвалив проєкт бюджету на наступний рік. Міністр фінансів повідомив, що дефіцит "
        "буде нижчим, ніж цього року. Опозиція відхилила проєкт і вимагає довшого обговорення у Верховній "
        "Раді. Поліція затримала у Києві трьох чоловіків, підозрюваних у крадіжках. Наприкінці тижня "
        "очікуються грози та сильний вітер, температура знизиться нижче п'ятнадцяти градусів."
    ),
    "bg": (
        "Правителството прие в понеделник проекта за бюджет за следващата година. Министърът на финансите "
        "заяви, че дефицитът ще бъде по-малък от тазгодишния. Опозицията отхвърли проекта и настоява за "
        "по-дълъг дебат в парламента. Полицията задържа в Пловдив трима мъже, заподозрени в кражби. В края "
        "на седмицата се очакват гръмотевични бури и силен вятър."
    ),
    "el": (
        "Η κυβέρνηση ενέκρινε τη Δευτέρα το σχέδιο προϋπολογισμού για το επόμενο έτος. Ο υπουργός "
        "Οικονομικών δήλωσε ότι το έλλειμμα θα είναι μικρότερο από φέτος. Η αντιπολίτευση απέρριψε την "
        "πρόταση και ζητά μεγαλύτερη συζήτηση στη Βουλή. Η αστυνομία συνέλαβε στη Θεσσαλονίκη τρεις άνδρες "
        "ως ύποπτους για κλοπές. Στο τέλος της εβδομάδας αναμένονται καταιγίδες και ισχυροί άνεμοι."
    ),
    "ar": (
        "وافقت الحكومة يوم الاثنين على مشروع ميزانية العام المقبل. وقال وزير المالية إن العجز سيكون أقل من "
        "هذا العام. ورفضت المعارضة المشروع وطالبت بمناقشة أطول في البرلمان. وألقت الشرطة القبض على ثلاثة "
        "رجال يشتبه في ارتكابهم سرقات. ومن المتوقع هبوب عواصف رعدية ورياح قوية في نهاية الأسبوع، بحسب هيئة "
        "الأرصاد الجوية."
    ),
    "he": (
        "הממשלה אישרה ביום שני את הצעת התקציב לשנה הבאה. שר האוצר אמר כי הגירעון יהיה נמוך יותר מהשנה. "
        "האופוזיציה דחתה את ההצעה ודורשת דיון ארוך יותר בכנסת. המשטרה עצרה בחיפה שלושה גברים החשודים "
        "בגניבות. בסוף השבוע צפויות סופות רעמים ורוחות חזקות, והטמפרטורות יירדו אל מתחת לחמש עשרה מעלות."
    ),
    "fr": (
        "Le gouvernement a approuvé lundi le projet de budget pour l'année prochaine. Le ministre des "
        "Finances a déclaré que le déficit serait inférieur à celui de cette année. L'opposition a rejeté le "
        "projet et réclame un débat plus long à l'Assemblée. « Nous ne pouvons pas l'accepter », a-t-elle "
        "déclaré. La police a arrêté à Orléans trois hommes soupçonnés de vols. Des orages et un vent fort "
        "sont attendus à la fin de la semaine, où la température tombera sous quinze degrés."
    ),
    "de": (
        "Die Regierung hat am Montag den Entwurf des Haushalts für das nächste Jahr gebilligt. Der "
        "Finanzminister erklärte, das Defizit werde niedriger ausfallen als in diesem Jahr. Die Opposition "
        "lehnte den Entwurf ab und verlangt eine längere Debatte. „Das können wir nicht hinnehmen“, sagte "
        "die Parteivorsitzende. Die Polizei nahm in Köln drei Männer fest, die Autos gestohlen haben sollen. "
        "Zum Wochenende werden Gewitter und stürmische Böen erwartet, die Temperaturen fallen überall unter "
        "fünfzehn Grad, auch in den größeren Städten."
    ),
    "es": (
        "El gobierno aprobó el lunes el proyecto de presupuesto para el próximo año. El ministro de Economía "
        "señaló que el déficit será menor que este año. La oposición rechazó el proyecto y exige un debate "
        "más largo en el Congreso. La policía detuvo en Málaga a tres hombres sospechosos de robo. ¿Qué "
        "pasará mañana? Según la previsión, a finales de semana habrá tormentas y viento fuerte, y las "
        "temperaturas caerán por debajo de quince grados."
    ),
    "pt": (
        "O governo aprovou na segunda-feira a proposta de orçamento para o próximo ano. O ministro das "
        "Finanças afirmou que o défice será inferior ao deste ano. A oposição rejeitou a proposta e exige "
        "uma discussão mais longa na Assembleia. A polícia deteve em São Paulo três homens suspeitos de "
        "roubo. No fim da semana são esperadas trovoadas e vento forte, e a temperatura não passará dos "
        "quinze graus."
    ),
    "sv": (
        "Regeringen godkände på måndagen förslaget till nästa års budget. Finansministern sade att "
        "underskottet blir lägre än i år. Oppositionen avvisade förslaget och kräver en längre debatt i "
        "riksdagen. Polisen grep tre män i Göteborg som misstänks för stölder. I slutet av veckan väntas "
        "åskväder och hårda vindar, och temperaturen sjunker under femton grader på många håll."
    ),
    "nb": (
        "Regjeringen godkjente mandag forslaget til statsbudsjett for neste år. Finansministeren sa at "
        "underskuddet blir lavere enn i år. Opposisjonen avviste forslaget og krever en lengre debatt på "
        "Stortinget. Politiet pågrep tre menn i Tromsø som er mistenkt for tyveri. Mot slutten av uken "
        "ventes tordenvær og kraftig vind, og temperaturen synker til under femten grader også sør for "
        "Færøyene."
    ),
    "is": (
        "Ríkisstjórnin samþykkti á mánudag frumvarp til fjárlaga fyrir næsta ár. Fjármálaráðherra sagði að "
        "hallinn yrði minni en í ár. Stjórnarandstaðan hafnaði frumvarpinu og krefst lengri umræðu á "
        "Alþingi. Lögreglan handtók þrjá menn í Hafnarfirði sem grunaðir eru um þjófnað. Í lok vikunnar er "
        "búist við þrumuveðri og hvössum vindi, og hitinn fer niður fyrir fimmtán stig."
    ),
    "fi": (
        "Hallitus hyväksyi maanantaina esityksen ensi vuoden talousarvioksi. Valtiovarainministeri sanoi, "
        "että alijäämä jää pienemmäksi kuin tänä vuonna. Oppositio hylkäsi esityksen ja vaatii pidempää "
        "keskustelua eduskunnassa. Poliisi otti Jyväskylässä kiinni kolme miestä, joita epäillään "
        "varkauksista. Loppuviikolla odotetaan ukkosta ja kovaa tuulta."
    ),
    "lv": (
        "Valdība pirmdien apstiprināja nākamā gada budžeta projektu. Finanšu ministrs paziņoja, ka deficīts "
        "būs mazāks nekā šogad. Opozīcija noraidīja projektu un pieprasa ilgākas debates Saeimā. Policija "
        "Rīgā aizturēja trīs vīriešus, kurus tur aizdomās par zādzībām. Nedēļas nogalē gaidāms pērkona "
        "negaiss un stiprs vējš."
    ),
    "ja": (
        "政府は月曜日、来年度の予算案を閣議決定した。財務大臣は、財政赤字は今年より小さくなると述べた。野党は"
        "予算案に反対し、国会でより長い審議を求めている。警察は大阪市内で窃盗の疑いで男三人を逮捕した。週末にかけて雷雨と強い風が予想され、気温は十五度を下回る見込みだと気象庁が発表した。"
    ),
    "zh-hans": (
        "政府周一批准了明年的预算草案。财政部长表示，赤字将低于今年。反对党拒绝了该草案，要求在议会进行更长时"
        "间的辩论。警方在上海逮捕了三名涉嫌盗窃的男子。气象部门预计，周末将有雷暴和大风，气温将降至十五度以下，市民出行请注意安全。"
    ),
    "zh-hant": (
        "政府週一批准了明年的預算草案。財政部長表示，赤字將低於今年。反對黨拒絕了該草案，要求在議會進行更長時"
        "間的辯論。警方在台北逮捕了三名涉嫌竊盜的男子。氣象部門預計，週末將有雷暴和大風，氣溫將降至十五度以下，市民出行請注意安全。"
    ),
    "ko": (
        "정부는 월요일 내년도 예산안을 승인했다. 재무부 장관은 적자가 올해보다 줄어들 것이라고 밝혔다. "
        "야당은 예산안을 거부하고 국회에서 더 긴 토론을 요구했다. 경찰은 부산에서 절도 "
        "혐의로 남성 세 명을 체포했다. 주말에는 천둥과 번개를 "
        "동반한 비와 강한 바람이 예상된다고 기상청이 전했다."
    ),
}
ENCODINGS = {
    "cs": "cp1250 iso-8859-2 cp852 mac-latin2",
    "hu": "cp1250 iso-8859-2 cp852 mac-latin2",
    "hr": "cp1250 iso-8859-2 cp852 mac-latin2",
    "sk": "cp1250 iso-8859-2 cp852 mac-latin2",
    "pl": "cp1250 iso-8859-2 cp852 mac-latin2",
    "ro": "cp1250 iso-8859-2",
    "tr": "cp1254 iso-8859-9 cp857",
    "ru": "cp1251 koi8-r iso-8859-5 cp866 mac-cyrillic utf-16-le utf-16-be",
    "uk": "cp1251 koi8-u cp1125",
    "bg": "cp1251 iso-8859-5",
    "el": "cp1253 iso-8859-7 cp737 utf-16-le",
    "ar": "cp1256 iso-8859-6 utf-16-le",
    "he": "cp1255 iso-8859-8 utf-16-be",
    "fr": "cp1252 iso-8859-15 cp437 cp850 mac-roman utf-16-le utf-32-be",
    "de": "cp1252 iso-8859-15 cp437 cp850 mac-roman utf-16-le utf-32-be",
    "es": "cp1252 iso-8859-15 cp437 cp850 mac-roman utf-16-le utf-32-be",
    "pt": "cp1252 iso-8859-15 cp437 cp850 mac-roman utf-16-le utf-32-be",
    "sv": "cp1252 cp850 cp437 mac-roman",
    "nb": "cp1252 cp850 mac-roman",
    "is": "cp1252 mac-iceland",
    "fi": "cp1252 cp437",
    "lv": "cp1257 iso-8859-13 cp775",
    "ja": "shift_jis euc-jp iso-2022-jp utf-16-le utf-16-be utf-32-le",
    "zh-hans": "gb18030 gb2312 utf-16-le utf-16-be",
    "zh-hant": "big5 utf-16-le gb18030",
    "ko": "euc-kr utf-16-le utf-16-be",
}

PLACES = [(language, encoding) for language, names in ENCODINGS.items() for encoding in names.split()]


def written(text, encoding):
    """The text without what the encoding does not have, and its bytes."""
    data = text.encode(encoding, "ignore")
    return data.decode(encoding), data


def pieces(text, length):
    """Pieces of a text of some length, from the beginning of a word on."""
    for start in range(0, max(1, len(text) - length + 1), length):
        piece = text[start : start + length]
        yield piece[piece.find(" ") + 1 :] if " " in piece else piece


@pytest.mark.parametrize(("language", "encoding"), PLACES)
def test_a_story_is_read_in_the_encoding_it_was_written_in(language, encoding):
    text, data = written(TEXTS[language], encoding)
    assert decode(data).text == text


def test_a_sentence_or_two_are_enough():
    wrong = []
    for language, encoding in PLACES:
        for length in (100, 300):
            for piece in pieces(TEXTS[language], length):
                text, data = written(piece, encoding)
                if not (text.isascii() and data == text.encode()) and decode(data).text != text:
                    wrong.append((language, encoding, text))
    assert len(wrong) <= 1, wrong  # one of some 480: Spanish for the Macintosh, with a single accent in it


@pytest.mark.parametrize("language", ["fr", "de", "es", "pt", "sv", "nb", "is", "fi"])
def test_western_text_is_never_taken_for_that_of_another_region(language):
    for length in (60, 100, 300):
        for piece in pieces(TEXTS[language], length):
            assert decode(piece.encode("cp1252")).text == piece


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("The café reopened on Friday. Nobody came to see it.", "cp1252 cp437"),
        ("The café in São Paulo reopened on Friday, and the mayor of Zürich came.", "cp1252 mac-roman cp850"),
        ("“We won’t,” he said – and left… It’s not €6. The ’90s band played.", "cp1252 cp1250"),
        ("Prices rose 5° to £300 and ½ cup © 2024 Reuters ® — 20–30%.", "cp1252"),
        ("Jiří Novák and Lech Wałęsa met Václav Havel in Brno on Monday, it said.", "cp1250 iso-8859-2"),
        ("RZĄD PRZYJĄŁ BUDŻET NA PRZYSZŁY ROK", "cp1250 iso-8859-2"),
        ("ПРАВИТЕЛЬСТВО УТВЕРДИЛО БЮДЖЕТ", "cp1251 koi8-r cp866 iso-8859-5"),
        ("ÉLECTIONS : LE SÉNAT REJETTE LE TEXTE « À L'ARRACHÉ »", "cp1252 cp850"),
        ("ÁRVÍZTŰRŐ TÜKÖRFÚRÓGÉP, árvíztűrő tükörfúrógép", "cp1250 iso-8859-2 cp852"),
        ("Москва, 3 марта (ТАСС) — Суд.", "cp1251 utf-16-le utf-16-be"),
        ("Moscow (AP) - The newspaper Правда said on Monday that talks had begun.", "cp1251 koi8-r"),
        ("東京(共同)首相は会見した。", "shift_jis euc-jp utf-16-le utf-16-be iso-2022-jp"),
        ("서울 3일 (연합뉴스) 대통령은 회견했다.", "euc-kr utf-16-le utf-16-be"),
        ("新华社北京3月3日电 国务院总理周一会见了外宾。", "gb18030 utf-16-le"),
        ("Şehir merkezinde yangın çıktı, ölen yok.", "cp1254 iso-8859-9"),
        ("Der Präsident des Vereins Łódź, Herr Müller, grüßte die Gäste.", "cp1250"),
        ("España ganó 3-1 en Málaga. «Sí», dijo el técnico. El niño volvió mañana.", "cp1252 mac-roman cp850"),
        ("Els nens van anar a l'escola; l'alcaldessa va dir: «És col·laboració»", "cp1252"),
        ("Влада је усвојила буџет, рекао је министар Ђорђе Љубић.", "cp1251 iso-8859-5"),
        ("ราคาน้ำมันเพิ่มขึ้นในวันจันทร์", "cp874 utf-16-le"),
        ("अच्छे दिन आएंगे, प्रधानमंत्री ने कहा।", "utf-16-le utf-16-be"),
    ],
)
def test_few_words_are_enough_where_only_one_encoding_makes_them_words(text, encodings):
    for encoding in encodings.split():
        assert decode(text.encode(encoding)).text == text, encoding


def test_an_unmistakable_encoding_needs_no_note():
    for language, encoding in [("cs", "cp1250"), ("ru", "koi8-r"), ("fr", "cp1252"), ("ja", "shift_jis")]:
        assert not decode(TEXTS[language].encode(encoding, "ignore")).remarks


def test_a_doubtful_encoding_is_noted_with_what_decided_it_and_how_to_overrule_it():
    (remark,) = decode("Straße".encode("cp850")).remarks
    assert remark.kind is NoteKind.ENCODING_DOUBTFUL
    for words in ("cp850", "German", "cp1252 is nearly as probable", "--encoding"):
        assert words in remark.reason


def test_the_encoding_that_is_given_overrules_what_the_bytes_say_but_not_a_mark():
    context = ReadingContext(today=TODAY, encoding="cp1250")
    assert decode("über".encode(), context=context).text == "ĂĽber"
    assert decode("über".encode("utf-8-sig"), context=context).text == "über"
    assert decode("über".encode("utf-16"), context=context).text == "über"


def test_what_the_archives_other_files_are_settles_a_doubtful_one():
    data = "aprobó el presupuesto".encode("mac-roman")
    context = ReadingContext(today=TODAY, survey=Survey())
    context.survey.encodings["mac-roman"] = 40
    assert guess(data).encoding == "cp1252"
    assert decode(data, context=context).text == "aprobó el presupuesto"


def test_a_survey_counts_the_encodings_that_are_certain():
    context = ReadingContext(today=TODAY, counted=Survey())
    decode(TEXTS["ru"].encode("koi8-r", "ignore"), context=context)
    decode("Straße".encode("cp850"), context=context)
    decode(b"Rain fell.", context=context)
    assert context.counted.encodings == {"koi8-r": 1}


@pytest.mark.parametrize(
    ("data", "text", "where"),
    [
        (b"The tun\x00nel was opened.", "The tun\u2060nel was opened.", "byte 7, line 1"),
        (b"Rain.\n\nThe \x07 bell \x01 rang.", "Rain.\n\nThe   bell \u2060 rang.", "byte 11, line 3"),
        (
            b"A Z\xc3\xbcrich caf\xe9 and \xe2\x80\x9cmore\xe2\x80\x9d",
            "A Zürich caf\ufffd and “more”",
            "byte 13, line 1",
        ),
        ("Zoë hört Čapek.\nRain".encode() + b"\xff fell", "Zoë hört Čapek.\nRain\ufffd fell", "byte 23, line 2"),
        (b"The caf\xc3\xa9 reopened.\xc3", "The café reopened.\ufffd", "byte 19, line 1"),
        ("Rain fell.\n".encode("utf-16") + b"\xf6\xdc", "Rain fell.\n\ufffd", "byte 24, line 2"),
        ("Rain fell.".encode("utf-16") + b"a", "Rain fell.\ufffd", "byte 22, line 1"),
        (
            "El presupuesto próximo.".encode("utf-16-le") + b"\x00\xd8",
            "El presupuesto próximo.\ufffd",
            "byte 46, line 1",
        ),
        (TEXTS["cs"].encode("cp1250") + b" \x81 konec", TEXTS["cs"] + " \ufffd konec", "byte 501, line 1"),
    ],
)
def test_one_bad_byte_or_control_character_is_replaced_and_noted_with_its_place(data, text, where):
    found = decode(data)
    assert found.text == text
    (remark,) = found.remarks
    assert (remark.kind, remark.where) == (NoteKind.CHARACTER_REPLACED, where)


def test_replaced_characters_are_counted():
    data = ("Žluťoučký kůň úpěl. " * 40).encode().replace(b"\xc5\xaf", b"\xff", 3)
    (remark,) = decode(data).remarks
    assert remark.reason.startswith("3 places that utf-8 cannot decode")


def test_what_an_earlier_program_replaced_is_not_counted_again():
    assert decode("Rain \ufffd fell at the café.".encode()).remarks == ()


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"PK\x03\x04\x14\x00story.txt",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"%PDF-1.7 rain",
        bytes(range(256)) * 20,
        bytes(range(32)) * 4 + b"rain fell",
        b"\xff\xfea",
        b"\x00\x00\x00\x00",
    ],
)
def test_what_is_binary_is_refused(data):
    with pytest.raises(NotTextError, match=r"is not text|is empty"):
        decode(data)


def test_text_in_utf8_is_not_looked_at_twice():
    data = ("“We’ll see,” said the mayor of Zürich. " * 30_000).encode()
    began = time.process_time()
    data.decode()
    once = time.process_time() - began
    began = time.process_time()
    decode(data)
    assert time.process_time() - began < 0.05 + 20 * once


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("The cafÃ© in ZÃ¼rich reopened.", "The café in Zürich reopened."),
        ("The ownerâ€™s â€œillnessâ€\x9d", "The owner’s “illness”"),
        ("caf\u00c3\u0083\u00c2\u00a9", "café"),
        ("Â£5 million at 20Â°C", "£5 million at 20°C"),
        ("PÅ™Ã\xadliÅ¡ Å¾luÅ¥ouÄ\x8dkÃ½", "Příliš žluťoučký"),
        ("Ïðàâèòåëüñòâî óòâåðäèëî áþäæåò íà ñëåäóþùèé ãîä.", "Правительство утвердило бюджет на следующий год."),
        ("РџСЂР°РІРёС‚РµР»СЊСЃС‚РІРѕ СѓС‚РІРµСЂРґРёР»Рѕ", "Правительство утвердило"),
        ("æ\x97¥æœ¬èªž", "日本語"),
    ],
)
def test_mojibake_is_found_and_mended(text, meant):
    found = find_mojibake(f"Rain fell.\n{text}")
    assert found.mended == f"Rain fell.\n{meant}"
    assert found.written in text
    assert found.start >= 11


@pytest.mark.parametrize("text", [*TEXTS.values(), "PÃO DE AÇÚCAR", "naïve “we” Zoë — Ångström", "ÀÉÎÕÜ", "Â"])
def test_text_that_is_right_has_no_mojibake(text):
    assert find_mojibake(text) is None
    assert find_mojibake(text.upper()) is None


@pytest.mark.parametrize("mends", [False, True])
def test_mojibake_is_noted_with_a_sample_and_mended_where_that_is_asked_for(tmp_path, mends):
    (tmp_path / "a.txt").write_text("Rain fell.\n\nThe cafÃ© in ZÃ¼rich reopened.\n", encoding="utf-8")
    note, story = read_files(find_files([tmp_path]), context=ReadingContext(today=TODAY, mends_mojibake=mends))
    assert (note.kind, note.where) == (NoteKind.MOJIBAKE, "line 3")
    assert note.reason == "mojibake in 2 places: 'cafÃ©' for 'café'"
    assert story.paragraphs[1].text == ("The café in Zürich reopened." if mends else "The cafÃ© in ZÃ¼rich reopened.")
