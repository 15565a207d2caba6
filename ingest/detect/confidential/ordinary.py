"""Words of ordinary code: as a customer or login, each would mark files that name nobody.

Code names are often ordinary words on purpose, so none is taken for one here.
"""

from __future__ import annotations

from typing import Final

_WORDS = """
abstract access account action active adapter address admin agent alert alias alpha amazon
anchor app apple application archive argument array art assert asset async auth author auto
await axis back base basic batch beta bill block bob body book boolean border box branch bridge
buffer bug build button byte cache call canvas card carol cascade case cast catch cell chain
change channel char chart check circle class clean client clone close cloud code color column
command comment commit common compass component connect const constant context control cookie
copy core count counter cover current custom daemon data database date day debug default delta
demo dev device dict direct director directory discover disk docker document domain done double
driver drop edge edit element else email empty enum error even event example except exit express
extra fail false fast feature fetch field file filter final find fire first fix flag flat float
focus folder font for force form format forward frame frank free from front full function gap
gate gateway general generic get global gold grace graph grid group guard guest guide handle
handler hash head header heap help hint home host hub icon identity image import index info init
inner input install instance int interface internal intuit item jack job john join json jump key
keyword kind label language last layer layout left level library light limit line link list live
load local lock log logger login long loop low main manager map mark mask master match math max
may media member memory menu merge message meta method metric mid min mini mirror mock mode
model module monitor month more mouse move name native nest net network new next nick node none
normal note notice null number object office open operation option oracle orange order origin
other outer output outside owner pack package page pair panel parent parse parser part pass
patch path pattern pay payload peer phone pipe pixel plain plan platform player plugin point
policy pool port position post power prefix press price prime print priority private process
product profile program project prompt property proxy public pull push query queue quick quote
random range rank rate raw ray read reader ready real record red redirect reference region
register release remote render repeat replace report request reset resource response rest result
return rich right ring rob role root round route router row rule run runner safe sample sandy
save scale schema scope score scout screen script search secret section secure select self send
sender serial server service session set shape shared shell shift short show sign signal simple
single size skip slack slice slot small smart snap socket sort source space spec split spring
sprint square stack stage standard star start state static status step stop storage store stream
string stripe strong style submit success sum super support swap switch symbol sync system tab
table tag target task team temp template term test text theme then thread time timer title today
token tool top topic total touch trace track trade train transaction transfer tree trigger true
try type union unit universal update upload user utility valid value var vector vendor version
video view visa visit void volume wait walk wall watch web weight white width wild will window
wire word work worker world wrap write year zero zone zoom
"""
ORDINARY: Final = frozenset(_WORDS.split())
