"""The countries, states and provinces that are written beside a city. A name in, what it can mean out.

A region is (ISO 3166 code of the country, GeoNames code of the state or province, or "" for the whole country). A name
can have several meanings: Georgia is a country and one of the United States.
"""

from search.reading.gazetteer import fold

Region = tuple[str, str]

# GeoNames code | name | other spellings, of which AP's abbreviation is the first
_STATES = {
    "US": """
AL|Alabama|Ala.; AK|Alaska; AZ|Arizona|Ariz.; AR|Arkansas|Ark.; CA|California|Calif., Cal.; CO|Colorado|Colo.;
CT|Connecticut|Conn.; DE|Delaware|Del.; DC|District of Columbia|D.C.; FL|Florida|Fla.; GA|Georgia|Ga.; HI|Hawaii;
ID|Idaho; IL|Illinois|Ill.; IN|Indiana|Ind.; IA|Iowa; KS|Kansas|Kan., Kans.; KY|Kentucky|Ky.; LA|Louisiana|La.;
ME|Maine; MD|Maryland|Md.; MA|Massachusetts|Mass.; MI|Michigan|Mich.; MN|Minnesota|Minn.; MS|Mississippi|Miss.;
MO|Missouri|Mo.; MT|Montana|Mont.; NE|Nebraska|Neb., Nebr.; NV|Nevada|Nev.; NH|New Hampshire|N.H.; NJ|New Jersey|N.J.;
NM|New Mexico|N.M., N.Mex.; NY|New York|N.Y.; NC|North Carolina|N.C.; ND|North Dakota|N.D., N.Dak.; OH|Ohio;
OK|Oklahoma|Okla.; OR|Oregon|Ore., Oreg.; PA|Pennsylvania|Pa., Penn., Penna.; RI|Rhode Island|R.I.;
SC|South Carolina|S.C.; SD|South Dakota|S.D., S.Dak.; TN|Tennessee|Tenn.; TX|Texas|Tex.; UT|Utah; VT|Vermont|Vt.;
VA|Virginia|Va.; WA|Washington|Wash.; WV|West Virginia|W.Va.; WI|Wisconsin|Wis., Wisc.; WY|Wyoming|Wyo.""",
    "CA": """
01|Alberta|Alta., AB; 02|British Columbia|B.C.; 03|Manitoba|Man., MB; 04|New Brunswick|N.B.;
05|Newfoundland and Labrador|N.L., Newfoundland, Nfld., Labrador; 07|Nova Scotia|N.S.; 08|Ontario|Ont., ON;
09|Prince Edward Island|P.E.I.; 10|Quebec|Que., QC, P.Q.; 11|Saskatchewan|Sask., SK; 12|Yukon|YT;
13|Northwest Territories|N.W.T.; 14|Nunavut""",
    "IN": """
01|Andaman and Nicobar|Andaman & Nicobar, Andaman and Nicobar Islands; 02|Andhra Pradesh; 03|Assam;
05|Chandigarh; 07|Delhi; 09|Gujarat; 10|Haryana; 11|Himachal Pradesh|H.P., Himachal;
12|Jammu and Kashmir|J&K, Jammu & Kashmir, Kashmir, Jammu; 13|Kerala; 14|Lakshadweep; 16|Maharashtra;
17|Manipur; 18|Meghalaya; 19|Karnataka; 20|Nagaland; 21|Odisha|Orissa; 22|Puducherry|Pondicherry; 23|Punjab;
24|Rajasthan; 25|Tamil Nadu|T.N.; 26|Tripura; 28|West Bengal|W.B.; 29|Sikkim; 30|Arunachal Pradesh|Arunachal;
31|Mizoram; 33|Goa; 34|Bihar; 35|Madhya Pradesh|M.P.; 36|Uttar Pradesh|U.P.; 37|Chhattisgarh|Chattisgarh;
38|Jharkhand; 39|Uttarakhand|Uttaranchal; 40|Telangana; 41|Ladakh""",
    "AU": """
01|Australian Capital Territory|A.C.T.; 02|New South Wales|N.S.W.; 03|Northern Territory; 04|Queensland|Qld.;
05|South Australia; 06|Tasmania|Tas.; 07|Victoria|Vic.; 08|Western Australia""",
    "PK": "02|Balochistan; 03|Khyber Pakhtunkhwa|KPK; 04|Punjab; 05|Sindh",
    "GB": "ENG|England; SCT|Scotland; WLS|Wales; NIR|Northern Ireland|Ulster",
}

# ISO code | the short name in English | other names and abbreviations
_COUNTRIES = """
AD|Andorra; AE|United Arab Emirates|UAE, Emirates; AF|Afghanistan; AG|Antigua and Barbuda|Antigua; AI|Anguilla;
AL|Albania; AM|Armenia; AO|Angola; AR|Argentina; AS|American Samoa; AT|Austria|Österreich; AU|Australia;
AW|Aruba; AZ|Azerbaijan; BA|Bosnia and Herzegovina|Bosnia, Bosnia-Herzegovina; BB|Barbados; BD|Bangladesh;
BE|Belgium|Belgique; BF|Burkina Faso; BG|Bulgaria; BH|Bahrain; BI|Burundi; BJ|Benin; BM|Bermuda; BN|Brunei;
BO|Bolivia; BR|Brazil|Brasil; BS|Bahamas|the Bahamas; BT|Bhutan; BW|Botswana; BY|Belarus; BZ|Belize; CA|Canada;
CD|Democratic Republic of the Congo|DRC, DR Congo, Congo-Kinshasa, Zaire; CF|Central African Republic|CAR;
CG|Republic of the Congo|Congo, Congo-Brazzaville; CH|Switzerland|Schweiz, Suisse; CI|Ivory Coast|Côte d'Ivoire;
CK|Cook Islands; CL|Chile; CM|Cameroon; CN|China; CO|Colombia; CR|Costa Rica; CU|Cuba; CV|Cape Verde|Cabo Verde;
CW|Curaçao; CY|Cyprus; CZ|Czechia|Czech Republic; DE|Germany|West Germany, East Germany, Deutschland;
DJ|Djibouti; DK|Denmark; DM|Dominica; DO|Dominican Republic; DZ|Algeria; EC|Ecuador; EE|Estonia; EG|Egypt;
EH|Western Sahara; ER|Eritrea; ES|Spain|España; ET|Ethiopia; FI|Finland; FJ|Fiji; FK|Falkland Islands|Falklands;
FM|Micronesia; FO|Faroe Islands; FR|France; GA|Gabon; GB|United Kingdom|UK, U.K., Britain, Great Britain;
GD|Grenada; GE|Georgia; GF|French Guiana; GG|Guernsey; GH|Ghana; GI|Gibraltar; GL|Greenland;
GM|Gambia|the Gambia; GN|Guinea; GP|Guadeloupe; GQ|Equatorial Guinea; GR|Greece; GT|Guatemala; GU|Guam;
GW|Guinea-Bissau; GY|Guyana; HK|Hong Kong; HN|Honduras; HR|Croatia; HT|Haiti; HU|Hungary; ID|Indonesia;
IE|Ireland|Republic of Ireland; IL|Israel; IM|Isle of Man; IN|India|भारत; IQ|Iraq; IR|Iran; IS|Iceland;
IT|Italy|Italia; JE|Jersey; JM|Jamaica; JO|Jordan; JP|Japan; KE|Kenya; KG|Kyrgyzstan; KH|Cambodia; KI|Kiribati;
KM|Comoros; KN|Saint Kitts and Nevis; KP|North Korea|DPRK; KR|South Korea|ROK; KW|Kuwait; KY|Cayman Islands;
KZ|Kazakhstan; LA|Laos; LB|Lebanon; LC|Saint Lucia; LI|Liechtenstein; LK|Sri Lanka; LR|Liberia; LS|Lesotho;
LT|Lithuania; LU|Luxembourg; LV|Latvia; LY|Libya; MA|Morocco; MC|Monaco; MD|Moldova; ME|Montenegro;
MG|Madagascar; MH|Marshall Islands; MK|North Macedonia|Macedonia; ML|Mali; MM|Myanmar|Burma; MN|Mongolia;
MO|Macau|Macao; MP|Northern Mariana Islands; MQ|Martinique; MR|Mauritania; MT|Malta; MU|Mauritius;
MV|Maldives|the Maldives; MW|Malawi; MX|Mexico|México; MY|Malaysia; MZ|Mozambique; NA|Namibia; NC|New Caledonia;
NE|Niger; NG|Nigeria; NI|Nicaragua; NL|Netherlands|the Netherlands, Holland, Nederland; NO|Norway; NP|Nepal;
NR|Nauru; NU|Niue; NZ|New Zealand; OM|Oman; PA|Panama; PE|Peru|Perú; PF|French Polynesia;
PG|Papua New Guinea|PNG; PH|Philippines|the Philippines; PK|Pakistan; PL|Poland; PR|Puerto Rico|P.R.;
PS|Palestinian Territories|Palestine, West Bank, Gaza, Gaza Strip, the Gaza Strip, the West Bank; PT|Portugal;
PW|Palau; PY|Paraguay; QA|Qatar; RE|Réunion; RO|Romania; RS|Serbia; RU|Russia|Россия, Russian Federation;
RW|Rwanda; SA|Saudi Arabia; SB|Solomon Islands; SC|Seychelles; SD|Sudan; SE|Sweden; SG|Singapore; SI|Slovenia;
SK|Slovakia; SL|Sierra Leone; SM|San Marino; SN|Senegal; SO|Somalia; SR|Suriname; SS|South Sudan;
ST|São Tomé and Príncipe; SV|El Salvador; SY|Syria; SZ|Eswatini|Swaziland; TC|Turks and Caicos Islands; TD|Chad;
TG|Togo; TH|Thailand; TJ|Tajikistan; TL|Timor-Leste|East Timor; TM|Turkmenistan; TN|Tunisia; TO|Tonga;
TR|Turkey|Türkiye; TT|Trinidad and Tobago|Trinidad; TV|Tuvalu; TW|Taiwan; TZ|Tanzania; UA|Ukraine; UG|Uganda;
US|United States|US, USA, U.S., U.S.A., United States of America; UY|Uruguay; UZ|Uzbekistan;
VA|Vatican City|Vatican; VC|Saint Vincent and the Grenadines; VE|Venezuela; VG|British Virgin Islands;
VI|U.S. Virgin Islands; VN|Vietnam; VU|Vanuatu; WS|Samoa; AX|Åland Islands; BL|Saint Barthélemy;
BQ|Caribbean Netherlands; CC|Cocos Islands; CX|Christmas Island; GS|South Georgia; MF|Saint Martin;
MS|Montserrat; NF|Norfolk Island; PM|Saint Pierre and Miquelon; PN|Pitcairn; SH|Saint Helena; SJ|Svalbard;
SX|Sint Maarten; TF|French Southern Territories; WF|Wallis and Futuna; XK|Kosovo; YE|Yemen; YT|Mayotte;
ZA|South Africa; ZM|Zambia; ZW|Zimbabwe
"""


def _rows(table: str) -> list[tuple[str, str, list[str]]]:
    rows = ([*entry.strip().split("|"), ""][:3] for entry in table.split(";"))
    return [(code, name, [one.strip() for one in others.split(",") if one.strip()]) for code, name, others in rows]


_COUNTRY_NAMES = {code: name for code, name, _ in _rows(_COUNTRIES)}
_STATE_NAMES = {(country, code): name for country, table in _STATES.items() for code, name, _ in _rows(table)}


def _by_name() -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = {}
    for country, table in _STATES.items():
        for code, name, others in _rows(table):
            postal = [code] if country == "US" else []
            for spelling in (name, *others, *postal):
                found.setdefault(fold(spelling), []).append((country, code))
    for code, name, others in _rows(_COUNTRIES):
        for spelling in (name, *others):
            found.setdefault(fold(spelling), []).append((code, ""))
    return {name: tuple(dict.fromkeys(regions)) for name, regions in found.items()}


_BY_NAME = _by_name()


def regions_named(written: str) -> tuple[Region, ...]:
    """What `written` ("Calif.", "UK", "Georgia") can mean as a region, countries last; empty where it is none."""
    return _BY_NAME.get(fold(written), ())


def is_within(country: str, state: str, region: Region) -> bool:
    """Whether a city of this country and state lies in `region`."""
    return country == region[0] and region[1] in {"", state}


def country_name(code: str) -> str | None:
    """The country's short name in English."""
    return _COUNTRY_NAMES.get(code)


def region_name(country: str, state: str) -> str | None:
    """What is written after a city of this state or, where that has no name here, of this country."""
    return _STATE_NAMES.get((country, state)) or _COUNTRY_NAMES.get(country)
