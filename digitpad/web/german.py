"""What the OpenAPI document and the problems say, in German; numbers are taken over."""

import re

NUMBER = re.compile(r"\d[\d,]*\d|\d")
GERMAN = {  # "#" is a number
    "Reading": "Lesen",
    "Reading many": "Viele lesen",
    "Reading forms": "Formulare lesen",
    "Corrections": "Korrekturen",
    "Read ink or a picture.": "Liest Tinte oder ein Bild.",
    "Read up to # inks and small pictures.": "Liest bis zu # Zeichnungen und kleine Bilder.",
    "Read each field of a form on a picture.": "Liest jedes Feld eines Formulars auf einem Bild.",
    "Describe the model.": "Beschreibt das Modell.",
    "Say that the process lives.": "Sagt, dass der Prozess lebt.",
    "Say that it can read, after reading a line, and that the database answers, if it has one.": (
        "Sagt, dass die Seite liest, nachdem sie eine Linie gelesen hat, und dass ihre Datenbank "
        "antwortet, wenn sie eine hat."
    ),
    "Keep a correction; the same one again is kept once.": (
        "Behält eine Korrektur; dieselbe noch einmal bleibt eine."
    ),
    "Issue a program a token, which is shown this once.": (
        "Gibt einem Programm ein Token, das nur dieses eine Mal zu sehen ist."
    ),
    "List the caller's corrections, newest first.": (
        "Zeigt, was der Aufrufer korrigiert hat, das Neueste zuerst."
    ),
    "Erase one of the caller's corrections.": "Löscht eine Korrektur des Aufrufers.",
    "Erase the caller and all that the caller corrected.": (
        "Löscht den Aufrufer und alles, was er korrigiert hat."
    ),
    # Parameters and fields
    "`number`, one digit or up to # side by side; `digit`, exactly one; a format that has a name, "
    "such as `decimal`, a number that may have a minus before it and one point or comma; or what a "
    "form expects": (
        "`number`, eine Ziffer oder bis zu # nebeneinander; `digit`, genau eine; ein Format, das "
        "einen Namen hat, wie `decimal`, eine Zahl, vor der ein Minus stehen darf, mit höchstens "
        "einem Punkt oder Komma; oder was ein Formular erwartet"
    ),
    "a regular expression as HTML's `pattern` has it, of digits and signs": (
        "ein regulärer Ausdruck, wie ihn HTML in `pattern` hat, aus Ziffern und Zeichen"
    ),
    "from `min` or #": "von `min` oder # an",
    "Of this site; browsers send it. Not needed with a token.": (
        "Der dieser Seite; Browser senden ihn. Mit einem Token nicht nötig."
    ),
    "What `next` was on the page before.": "Was auf der Seite davor `next` war.",
    "`before` of the next page; null when there is none": (
        "`before` der nächsten Seite; null, wenn es keine gibt"
    ),
    "of each item, in their order; of one that cannot be read, why": (
        "zu jedem Stück, in deren Reihenfolge; bei einem, das nicht zu lesen ist, der Grund"
    ),
    "at most # pixels": "höchstens # Pixel",
    "a layout as JSON; without one, the boxes, combs and lines to write on that are found are the "
    "fields": (
        "eine Vorlage als JSON; ohne sie sind die gefundenen Kästen, Kämme und Schreiblinien die "
        "Felder"
    ),
    "around it, in px of the picture": "um es herum, in Pixeln des Bildes",
    "unsure where a field is, or the form was not found": (
        "unsicher, wo es ein Feld ist oder das Formular nicht gefunden wurde"
    ),
    "why there are no fields": "warum es keine Felder gibt",
    "drawings by the same hand: they count for this reading, and are not kept. At most # points "
    "in all": (
        "Zeichnungen von derselben Hand: Sie zählen für diese Lesung und bleiben nicht. Insgesamt "
        "höchstens # Punkte"
    ),
    "one that is not as described is answered in its place, and ends nothing. At most # points in "
    "all": (
        "eines, das nicht wie beschrieben ist, wird an seiner Stelle beantwortet und beendet "
        "nichts. Insgesamt höchstens # Punkte"
    ),
    "when it came, in UTC (ISO #)": "wann sie kam, in UTC (ISO #)",
    "the drawing: a PNG of # x # grey pixels as a data URL": (
        "die Zeichnung: ein PNG mit # x # grauen Pixeln als Data-URL"
    ),
    "as it was answered": "wie geantwortet",
    "what it is; null: not a digit": "was es ist; null: keine Ziffer",
    "made by the client: the same correction, sent again, is one": (
        "vom Aufrufer erdacht: Dieselbe Korrektur, noch einmal gesendet, ist eine"
    ),
    "what was expected there, where that was sent": (
        "was dort erwartet war, wenn es gesendet wurde"
    ),
    "what it was read as": "als was es gelesen wurde",
    "SHA-# of the model that read it": "SHA-# des Modells, das es las",
    "how many the caller has": "wie viele der Aufrufer hat",
    "how many corrections": "wie viele Korrekturen",
    "left, top, right, bottom in the unit of the ink, or px of the picture": (
        "links, oben, rechts, unten in der Einheit der Tinte, oder in Pixeln des Bildes"
    ),
    "what the network saw, without the pen's direction: a PNG of # x # grey pixels as a data URL": (
        "was das Netz sah, ohne die Richtung des Stifts: ein PNG mit # x # grauen Pixeln als "
        "Data-URL"
    ),
    "present when ink was sent": "vorhanden, wenn Tinte gesendet wurde",
    "as in a reading": "wie beim Lesen",
    "each point x, y and possibly the time; at most # points in all": (
        "jeder Punkt x, y und vielleicht die Zeit; insgesamt höchstens # Punkte"
    ),
    "one of underline, circle, box, rule, strike, speck": (
        "eines von underline (unterstrichen), circle (Kreis), box (Kasten), rule (Linie), strike "
        "(durchgestrichen), speck (Fleck)"
    ),
    "one of . , - + / : ( ) = % #, other or struck": (
        "eines von . , - + / : ( ) = % #, other (etwas anderes) oder struck (durchgestrichen)"
    ),
    "confidence below which a reading is unsure": (
        "Wahrscheinlichkeit, unter der eine Lesung unsicher ist"
    ),
    "measured, with the number of samples": "gemessen, mit der Zahl der Proben",
    'the best guess, also when unsure; "" when blank': (
        'was am besten passt, auch wenn es unsicher ist; "", wenn nichts da ist'
    ),
    "why it is unsure": "warum es unsicher ist",
    "probability that text is right": "Wahrscheinlichkeit, dass text stimmt",
    "from left to right": "von links nach rechts",
    "whether the caller's corrections, or `examples`, took part": (
        "ob Korrekturen des Aufrufers oder `examples` beteiligt waren"
    ),
    "how likely its ink is that sign's": "wie wahrscheinlich seine Tinte die dieses Zeichens ist",
    "to send as `Authorization: Bearer`; it is not shown again": (
        "zu senden als `Authorization: Bearer`; es ist nicht noch einmal zu sehen"
    ),
    "the same for the same kind of error, and an address that says what it means": (
        "dasselbe für dieselbe Art von Fehler, und eine Adresse, die sagt, was es heißt"
    ),
    "what is wrong, and where": "was nicht stimmt, und wo",
    # Shapes
    "Another way to read the same ink.": "Eine andere Art, dieselbe Tinte zu lesen.",
    "What was read of several.": "Was von vielen gelesen wurde.",
    "One of several to read: `ink`, or a small `picture`.": (
        "Eines von vielen: `ink`, Tinte, oder `picture`, ein kleines Bild."
    ),
    "Several to read, each by itself.": "Viele zu lesen, jedes für sich.",
    "A correction, as it is kept.": "Eine Korrektur, wie sie bleibt.",
    "A drawing, and which digit it is: `ink`, or the `raster` where a picture was read.": (
        "Eine Zeichnung, und welche Ziffer sie ist: `ink`, oder `raster`, wo ein Bild gelesen "
        "wurde."
    ),
    "The caller's corrections, newest first.": "Die Korrekturen des Aufrufers, neueste zuerst.",
    "One digit of a reading.": "Eine Ziffer einer Lesung.",
    "The strokes of one digit, in the unit of the ink that was sent.": (
        "Die Striche einer Ziffer, in der Einheit der gesendeten Tinte."
    ),
    "A drawing that has points.": "Eine Zeichnung, die Punkte hat.",
    "What was erased.": "Was gelöscht wurde.",
    "A drawing by the same hand, and what it is: `ink`, or the `raster` of a picture.": (
        "Eine Zeichnung von derselben Hand, und was sie ist: `ink`, oder `raster` eines Bildes."
    ),
    "A sign of life.": "Ein Lebenszeichen.",
    "What a form expects to be written: a text fits when it fits everything that is given.": (
        "Was ein Formular erwartet: Ein Text passt, wenn er zu allem passt, was angegeben ist."
    ),
    "A drawing, and what is printed on its paper.": (
        "Eine Zeichnung, und was auf ihrem Papier gedruckt steht."
    ),
    "A sign that is printed on the paper.": "Ein Zeichen, das auf dem Papier gedruckt steht.",
    "A picture of a form to read, and where its fields are.": (
        "Das Bild eines Formulars zum Lesen, und wo seine Felder sind."
    ),
    "What was read in a field of a form.": "Was in einem Feld eines Formulars gelesen wurde.",
    "What was read of a form.": "Was auf einem Formular gelesen wurde.",
    "present when it is, on the paper": "da, wenn es auf dem Papier steht",
    "signs that need not be written: each counts where digits stand on both sides of it, none over "
    "it, and it is not written there, too": (
        "Zeichen, die nicht geschrieben werden müssen: jedes zählt, wo auf beiden Seiten Ziffern "
        "stehen, keine darüber, und wo es nicht auch geschrieben ist"
    ),
    "What the network sees.": "Was das Netz sieht.",
    "What is drawn at, around or through what stands there, and says nothing.": (
        "Was an, um oder durch das gezeichnet ist, was da steht, und nichts sagt."
    ),
    "The model that is served.": "Das Modell dieser Seite.",
    "The model that read.": "Das Modell, das las.",
    "An error (RFC #).": "Ein Fehler (RFC #).",
    "A picture to read.": "Ein Bild zum Lesen.",
    "Ink to read.": "Tinte zum Lesen.",
    "What was read.": "Was gelesen wurde.",
    "What stands beside the digits, and is said.": "Was neben den Ziffern steht und etwas sagt.",
    "A new writer, for a program.": "Ein neuer Schreiber, für ein Programm.",
    "Done": "Erledigt",
    # Problems
    "This is no HTTP request, or its body is empty, or is not JSON.": (
        "Das ist keine HTTP-Anfrage, oder ihr Inhalt ist leer oder kein JSON."
    ),
    "The token is no writer's, or the API key is not known.": (
        "Das Token gehört keinem Schreiber, oder der API-Schlüssel ist unbekannt."
    ),
    "What changes something needs a token, or the Origin header of this site.": (
        "Was etwas ändert, braucht ein Token oder den Origin-Header dieser Seite."
    ),
    "There is no such page, or no such correction of the caller's.": (
        "Es gibt keine solche Seite, oder keine solche Korrektur des Aufrufers."
    ),
    "The page is there, but not for this method.": (
        "Die Seite gibt es, aber nicht für diese Methode."
    ),
    "The request did not come in time.": "Die Anfrage kam nicht rechtzeitig.",
    "The id is another correction's.": "Die id ist die einer anderen Korrektur.",
    "The request, or what is in it, is larger than is allowed.": (
        "Die Anfrage, oder was darin ist, ist größer als erlaubt."
    ),
    "This is neither JSON nor a whole picture of a kind that is read.": (
        "Das ist weder JSON noch ein ganzes Bild einer Art, die gelesen wird."
    ),
    "A value is not what is expected; the detail names the place.": (
        "Ein Wert ist nicht, wie er sein soll; detail nennt die Stelle."
    ),
    "The client sent too many; Retry-After says when to go on.": (
        "Der Aufrufer hat zu viele gesendet; Retry-After sagt, wann es weitergeht."
    ),
    "The server failed; the request may be right.": (
        "Der Server hat versagt; die Anfrage kann richtig sein."
    ),
    "The site has too much to do; Retry-After says when to ask again.": (
        "Die Seite hat zu viel zu tun; Retry-After sagt, wann noch einmal zu fragen ist."
    ),
    "The database does not answer, or is full; the same may be sent again later.": (
        "Die Datenbank antwortet nicht oder ist voll; später darf dasselbe noch einmal kommen."
    ),
    "This site keeps no corrections.": "Diese Seite behält keine Korrekturen.",
    "The writer, or the site, has as many corrections as are kept.": (
        "Der Schreiber oder die Seite hat so viele Korrekturen, wie behalten werden."
    ),
}


def german(text: str) -> str:
    """Return what `text` says in German, or itself where that is not known."""
    found = GERMAN.get(text)
    if found is not None:
        return found
    numbers = iter(NUMBER.findall(text))
    found = GERMAN.get(NUMBER.sub("#", text), text)
    return re.sub("#", lambda _: next(numbers).replace(",", "."), found)
