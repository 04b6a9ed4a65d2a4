# The designer: the card of a program, edited beside the card as it will be.

designer-room = Card
designer-title = Card design
designer-faulty = Please look again: { $title }
designer-preview = Preview
designer-old-preview = The preview is older than what you typed. Press Show.
designer-apple = Apple Wallet
designer-google = Google Wallet
designer-lock = Lock screen
designer-apple-back = Back of the card
designer-google-below = Below the card
designer-elsewhere = Elsewhere
designer-yes = Yes
designer-no = No

designer-sound = Nothing is missing. The card can be published.
designer-warnings = { $count ->
    [one] The card can be published. One hint:
   *[other] The card can be published. { $count } hints:
}
designer-faults = { $count ->
    [one] One thing keeps the card from being published:
   *[other] { $count } things keep the card from being published:
}
designer-contrast-low = hard to read, below 4.5:1
designer-too-many = more than are drawn
designer-of = { $count } of { $most }
designer-lower = Both lower rows

designer-show = Show
designer-publish = Publish…
designer-shown = Show the card in
designer-read-only = You can look at the card. Owners, managers and marketers can change it.
designer-not-published = It is not published yet. What is wrong stands beside its field.
designer-stale = Somebody changed the program while you were editing. Nothing of yours is lost: look once more, then publish again.
designer-old = You see version { $number }, with nothing changed yet. Publish it to use it again.

designer-colors = Colours
designer-background = Background
designer-foreground = Text
designer-label-color = Labels

designer-images = Pictures
designer-images-hint = PNG, at most 2 MB. One picture is enough: we make the sizes that phones ask for.
designer-image-logo = Logo
designer-image-logo-what = Top corner of the Apple card. Best 480 × 150 pixels.
designer-image-icon = Icon
designer-image-icon-what = Square, on the lock screen. At least 114 × 114 pixels.
designer-image-strip = Banner
designer-image-strip-what = Across the Apple card. Best 1125 × 432 pixels.
designer-image-google-logo = Round logo
designer-image-google-logo-what = Square; Google cuts it round. Best 660 × 660 pixels.
designer-image-google-hero = Google banner
designer-image-google-hero-what = At the foot of the Google card. Best 1032 × 336 pixels.
designer-image-drop = Take out
designer-image-no-png = This is not a PNG that can be drawn. Save the picture as PNG and choose it again.
designer-image-too-large = The picture has more than 2 MB or 4096 pixels a side. Choose a smaller one.
designer-image-too-small = The picture has { $width } × { $height } pixels, too few to be sharp. Choose one of at least { $across } × { $down }.
designer-image-not-square = The picture has { $width } × { $height } pixels. Cut it square and choose it again.
designer-image-refused = A picture was not taken. Why stands beside it; everything else is kept.

designer-texts = Texts
designer-texts-hint = Leave a language empty and its readers see the grey text instead. A text in one language alone is shown to everybody.
designer-organization = Your shop
designer-organization-hint = Stands above each notice. Google shows about 20 characters.
designer-logo-text = Text beside the logo
designer-logo-text-hint = Short; leave it empty if the logo says it already.
designer-description = What the card is
designer-description-hint = Read out to people who do not see the card.

designer-fields = Fields
designer-header = Top corner
designer-header-hint = Seen even when cards are stacked. Up to 3 are drawn.
designer-primary = Over the banner
designer-primary-hint = Large. Only 1 is drawn.
designer-secondary = Upper row
designer-secondary-hint = Together with the lower row up to 4 are drawn.
designer-auxiliary = Lower row
designer-auxiliary-hint = Together with the upper row up to 4 are drawn.
designer-back = Back
designer-back-hint = As many as you like. Google shows them below the card.
designer-new-field = New field
designer-add = Add a field
designer-place = Where it stands
designer-remove = Take it out
designer-up = Earlier
designer-down = Later
designer-key = Name for programs:
designer-field-label = Label
designer-field-value = Value
designer-field-notice = Notice
designer-placeholders = What can be filled in
designer-placeholders-hint = Write one of these in a value, and every card shows its own. In a notice, %@ stands for the new value.

designer-code = Code
designer-format = Kind
designer-has-number = Number below the code
designer-rotating = Changing code in Google Wallet

designer-stamps = Stamps
designer-stamps-hint = Drawn in place of the banner when a reward comes by itself, such as every tenth coffee. Your own stamps are SVG files.
designer-has-stamps = Draw stamps
designer-per-row = Stamps in a row
designer-per-row-auto = As fits best
designer-stamp-filled = A stamp
designer-stamp-empty = An empty place
designer-stamp-last = The last place
designer-stamp-own = Keep my own
designer-stamp-too-large = The file has more than 32 kB. Simplify its paths and choose it again.

designer-only-google = Google Wallet only
designer-only-google-hint = What you leave empty is taken from above.
designer-issuer-name = Shop
designer-issuer-name-hint = About 20 characters are shown.
designer-program-name = Program
designer-program-name-hint = About 20 characters are shown.
designer-points-label = Above the balance
designer-points-label-hint = About 9 characters are shown.

designer-sample-tier = Gold
designer-sample-next-tier = Platinum
designer-sample-reward = Free coffee
designer-sample-message = Two for one this Friday
designer-sample-challenge = Three visits
designer-sample-history = +12 · today
designer-sample-expiring = 60 points end on 31 December

designer-finding-empty = This text is empty, and phones refuse a card without it. Write it.
designer-finding-value-empty = The value is empty, so the field shows nothing. Write a value or take the field out.
designer-finding-clash = The same wording is translated in two ways, and phones take the first. Make them the same.
designer-finding-placeholder = A name in braces is not one that can be filled in. Look at the list above the fields.
designer-finding-unfilled = Nothing is filled in here, so braces would be shown as they are. Move them into a value.
designer-finding-color = This is not a colour. Choose one.
designer-finding-contrast = Text and background are too much alike to be read. Choose colours further apart.
designer-finding-icon = There is no icon, and phones refuse a card without one. Add a square picture.
designer-finding-scale = A size is missing, so the picture looks coarse on most phones. Choose the picture again.
designer-finding-box = The picture is larger than its place and is cut. Choose the picture again.
designer-finding-crowded = There are more fields here than phones draw. Move some to the back.
designer-finding-notice = The notice has no %@, so it does not say the new value.
designer-finding-watch = Watches do not draw this kind of code. QR and Aztec work there too.
designer-finding-cut = Google cuts this text. Shorten it.
designer-finding-google-logo = Google needs a round logo. Add a square picture.
designer-finding-digits = Google draws this kind only for digits. Choose QR if in doubt.
designer-finding-rotating = Only QR and PDF417 can change. Choose one of them.
designer-finding-stamps = A field stands over the stamps, and neither can be read. Move it to the top corner.

designer-ask-title = Publish this card?
designer-ask-cards = { $count ->
    [0] Nobody has a card yet.
    [one] One card will change.
   *[other] { $count } cards will change.
}
designer-ask-phones = { $count ->
    [0] No phone holds one yet, so nothing is sent.
    [one] It is in one wallet, which is updated by itself.
   *[other] They are in { $count } wallets, which are updated by themselves.
}
designer-more = There are more cards than are counted here. The figures are those of the first 20,000.
designer-ask-what = Nobody is disturbed: a new look alone shows no notice. You can go back to an earlier version at any time.
designer-ask-publish = Publish
designer-ask-back = Back to editing
designer-published = Published. The cards are being updated.

designer-progress-title = Update
designer-progress-of = { $held ->
    [one] { $done } of { $held } wallet shows the newest card.
   *[other] { $done } of { $held } wallets show the newest card.
}
designer-progress-nobody = Nobody has the card in a wallet yet. Whoever joins gets this one.
designer-progress-done = Up to date
designer-progress-told = Told, will fetch
designer-progress-waiting = Waiting their turn
designer-progress-failing = Trying again
designer-progress-refused = Refused
designer-progress-what = A phone that is off or offline fetches the card when it is back. Nothing is lost meanwhile.
designer-progress-again = Look again

designer-versions = Versions
designer-version = Version
designer-versions-none = Nothing is published yet. Design your first card.
designer-current = in use
designer-look = Look at it
designer-again = Use this again
designer-older = Older versions
designer-by-setup = Set up with the program
designer-by-key = Through the API

designer-languages = Languages
designer-languages-what = Every text of the program and its card. What is missing is marked, with what readers see instead.
designer-languages-edit = Edit the card’s texts
designer-text = Text
designer-missing = { $count ->
    [one] { $count } missing
   *[other] { $count } missing
}
designer-same = the same in all languages
designer-gap = Missing
designer-instead = instead:
designer-of-program = Program
designer-point-name = Points are called
