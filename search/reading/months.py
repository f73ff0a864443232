"""The names of months and weekdays that news is dated with. Tables only.

The names are those of CLDR 47 as Babel has them (wide forms of all languages here; abbreviations of English, German,
French, Spanish, Italian, Portuguese, Russian and Hindi), kept as a table because this is all of Babel that reading
needs. Some spellings that wires use and CLDR has not are added: sept, ene, dez, juni, фев.
"""

_MONTH_NAMES = (
    "jan january januar janvier janv enero ene gennaio gen janeiro января янв январь januari stycznia styczeń "
    "ledna leden ocak ianuarie gener січня січень जनवरी",
    "feb february februar février févr fevr fevrier febrero febbraio fevereiro fev февраля февр фев февраль "
    "februari lutego luty února únor şubat februarie febrer лютого лютий फ़रवरी फरवरी फर फ़र फ़रवरी फेब्रुवारी",
    "mar march märz maerz mär mars marzo março marco марта мар март maart marts marca marzec března březen mart "
    "martie març березня березень मार्च maret mac",
    "apr april avril avr abril abr aprile апреля апр апрель kwietnia kwiecień dubna duben nisan aprilie квітня "
    "квітень अप्रैल",
    "may mai mayo maggio mag maio мая май mei maj maja května květen mayıs maig травня травень मई",
    "jun june juni juin junio giugno giu junho июня июн июнь czerwca czerwiec června červen haziran iunie juny "
    "червня червень जून",
    "jul july juli juillet juil julio luglio lug julho июля июл июль lipca lipiec července červenec temmuz iulie "
    "juliol липня липень जुलाई julai",
    "aug august août aout agosto ago августа авг август augustus augusti sierpnia sierpień srpna srpen ağustos "
    "agost серпня серпень अगस्त agustus ogos",
    "sep sept september septembre septiembre setiembre settembre set setembro сентября сент сен сентябрь września "
    "wrzesień září eylül septembrie setembre вересня вересень सितंबर सितम्बर",
    "oct october oktober okt octobre octubre ottobre ott outubro out октября окт октябрь października październik "
    "října říjen ekim octombrie жовтня жовтень अक्टूबर अक्तूबर",
    "nov november novembre noviembre novembro ноября нояб ноя ноябрь listopada listopad listopadu kasım noiembrie "
    "листопада नवंबर नवम्बर",
    "dec december dezember dez décembre decembre déc diciembre dic dicembre dezembro декабря дек декабрь desember "
    "grudnia grudzień prosince prosinec aralık decembrie desembre грудня грудень दिसंबर दिसम्बर",
)
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
"""The number, 1 to 12, of each month name in small letters, without its full stop."""

_ENGLISH_TEXT = """
jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov
november dec december
"""
ENGLISH_MONTHS = tuple(_ENGLISH_TEXT.split())

_WEEKDAYS_TEXT = """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
lundi mardi mercredi jeudi vendredi samedi dimanche
lunes martes miércoles miercoles jueves viernes sábado sabado domingo
lunedì martedì mercoledì giovedì venerdì sabato domenica
segunda-feira terça-feira quarta-feira quinta-feira sexta-feira
понедельник вторник среда четверг пятница суббота воскресенье
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार
"""
WEEKDAYS = frozenset(_WEEKDAYS_TEXT.split())
"""Names of the days of the week in small letters."""
