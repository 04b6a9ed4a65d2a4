### The customers' pages.

# The points of shops that did not name theirs.
points =
    { $count ->
        [one] point
       *[other] points
    }

# Where the language can be changed.
languages = Language

# The page where customers enrol.
join-title = Join { $program }
join-bonus = { $points } to start with
join-no-bonus = Your { $program } card, on your phone
join-earning = Every { $money } you spend brings { $points }.
join-no-app = The card lives in your phone's wallet. No app, no password.
join-card = How your { $program } card will look
join-first-name = First name
join-contact = E-mail or phone
join-optional = optional
join-contact-hint = Finds your card again when you change phones.
join-submit = Get my card
join-sample-name = Your name
join-invited = You join on a friend's invitation.
join-not-invited = We do not know this invitation. You can get your card all the same.
join-with-receipt = Your receipt comes with you: its points will be on your card.

# The poster for the counter, and the page that prints it.
poster-title = { $program } poster
poster-how = Print this page at 100 %, or choose “Save as PDF” in the print window. Fold a table tent along its dashed line.
poster-size = Size
poster-tent = Table tent
poster-download = Download as SVG
poster-scan = Point your phone’s camera at the code
poster-name = Write your first name
poster-keep = Keep the card in your phone’s wallet

# The page where a receipt is claimed.
claim-paid = { $program } · { $money }
claim-worth = { $points } for your receipt
claim-no-worth = Put your receipt on your card
claim-until = Claim it by { $date }. Each receipt counts once.
claim-code = Card number
claim-code-hint = It stands under the code on your card.
claim-submit = Put it on my card
claim-no-card = No card yet?
claim-join = Get my card with it
claim-bad-code = We do not know this card number. Look at your card and write it again.
claim-closed-card = This card cannot collect at the moment. Ask the shop.
claim-done = { $points } are on your card
claim-done-next = The card on your phone shows them in a moment.
here-earned = { $points } for checking in
here-promised = { $points } are on their way
here-done = You are checked in
here-again = You are checked in for today already
here-now = You have { $points } now.
here-closed = This card collects nothing at present
    .next = Ask somebody at the counter.
here-unknown = Check in with your card
    .next = This phone has not opened your card’s page yet.
here-over = This code is not today’s
    .next = A new one comes every day. Scan the one that is shown now.
here-card = You have a card
here-card-how = Open it in your phone’s wallet, turn it over and tap the link to your page. Then scan the code again.
here-no-card = You have no card yet
here-join = Get a card
here-own = Open my page
here-step-scan = Point your phone’s camera at the code
here-step-card = Your phone knows your card
here-step-points = You are checked in
here-foot = A new code every day. No app.
here-poster = Check in with your phone
here-poster-points = { $points } for checking in
here-poster-day = Good on { $date }
claim-taken = This receipt is on a card already
    .next = Each receipt counts once. If that was not you, ask the shop.
claim-expired = This receipt is too old
    .next = It was not claimed in time. Next time, show your card when you pay.
claim-voided = This receipt does not count any more
    .next = The purchase was taken back. If that is wrong, ask the shop.

# What is said at a field.
field-fault = Please look at the marked field.
field-no-name = Tell us your first name, so that it can stand on the card.
field-bad-name = The name is too long for a card. Write at most 200 letters.
field-bad-contact = Write an e-mail address like name@example.com, or a phone number like +49 30 123456.
field-bad-email = The e-mail address is not complete. It looks like name@example.com.
field-bad-phone = Begin the phone number with its country code, like +49 30 123456.

# The page of a card.
card-title = { $program } card
card-balance = Your balance
card-picture = { $program }: a card with { $points }
card-code = Card number
card-show = Show the code at the counter when you pay.
card-voided = This card was closed. Ask the shop for a new one.
card-entries = Latest
card-no-entries = What you collect will be listed here after your first order.

# A member's own page.
member-open = My points and rewards
member-hello = Hello { $name }
member-hello-nameless = Hello
member-pending = On their way: { $points }.
member-expiring = Use { $points } by { $date }.
member-held = Ready to use
member-held-until = Until { $date }
member-held-show = Show code
member-download = Open the download
member-rewards = Rewards you can have now
member-no-rewards = Nothing to pick yet. Every visit brings you closer.
member-next-reward = Next: { $reward }. { $points } to go.
member-free = Free
member-left = { $count } left
member-at-till = At the till: show your card there and ask for it.
member-redeem = Redeem
member-tier = Your tier: { $tier }
member-tier-until = Yours until { $date } at least.
member-tier-next = { $missing } to { $tier }
member-tier-top = You are on the highest tier.
member-visits =
    { $count ->
        [one] { $count } visit
       *[other] { $count } visits
    }
member-challenges = Challenges
member-challenge-done = { $done } of { $goal }
member-challenge-until = { $done } of { $goal } · until { $date }
member-challenge-won = Done
member-prize = Brings { $prize }
member-invite = Invite a friend
member-invite-both = Your friend gets { $friend }, and you get { $own } after their first purchase.
member-invite-friend = Your friend gets { $friend } after their first purchase.
member-invite-own = You get { $own } after your friend's first purchase.
member-invite-how = Send them this link:
member-moved = Latest
member-to-card = My card
member-confirm-title = Redeem { $reward }?
member-confirm-cost = { $points } are taken from your balance now.
member-confirm-free = It costs you nothing.
member-confirm-how = You get a code that works once. Show it at the till.
member-confirm-back = While it is unused you can give it back.
member-confirm = Yes, get my code
member-back = Back
member-code-title = Your code for: { $reward }
member-code-say = Show this at the till and say: “I have a reward to pick up.”
member-code-until = Good until { $date }.
member-cancel = Give it back
member-cancel-points = { $points } return to your balance.
member-cancel-free = It is taken off your card.
member-given-back = It is given back. Your balance is as before.
member-gone = This reward was used, given back or is over. Nothing was changed.
member-no-points = Your balance does not suffice for it any more. Nothing was changed.
member-sold-out = The last one is gone. Nothing was taken from your balance.
member-not-now = It cannot be had at the moment. Nothing was taken from your balance.
member-limit = You have had as many of it as there are for you. Nothing was taken from your balance.
member-blocked = This card cannot be used at the moment. Ask the shop.
member-over = This page was open for half an hour
    .next = To keep your points safe it has closed. Open it again from your card: in your phone's wallet or on the card's page.
member-over-open = Open my card

# The member's settings: what the shop may do, what it knows, and how that ends.
settings-open = Settings and my data
settings-title = Settings and my data
settings-own = About you
settings-last-name = Last name
settings-language = Language of your card
settings-language-own = As it is: { $language }
settings-save = Save
settings-contacts = How your card is found again
settings-contacts-why = If you lose your phone, the shop finds your card by one of these.
settings-no-contact = There is none yet. Without one, a lost card stays lost.
settings-remove = Remove
settings-contact = Another e-mail or phone
settings-add = Add
settings-news = News and offers
settings-news-on = You get news and offers.
settings-news-off = You get no news and no offers.
settings-news-stop = Send me none any more
settings-news-give = I agree
settings-notices = Notices
settings-notices-on = Your phone tells you when your card changes, such as after you paid.
settings-notices-stop = Change my card quietly
settings-notices-off = Your card changes without a notice on your phone.
settings-notices-give = Tell me again
settings-other = You agreed to: { $purpose }
settings-other-stop = Take this back
settings-agreed = What you agreed to, and when
settings-agreed-none = You have not been asked for anything.
settings-agreed-yes = Yes
settings-agreed-no = No
settings-agreed-words = The words were:
settings-agreed-no-words = Which words were shown was not kept.
settings-source-join = when you joined
settings-source-page = on this page
settings-source-shop = through the shop
settings-export = Your data
settings-export-what = A file with all that is kept of you: what you told, your card, purchases and points. People and programs can read it (JSON).
settings-export-button = Download my data
settings-delete = Leave and be forgotten
settings-delete-what = Your card ends, and your points with it.
settings-delete-button = Delete my data …
settings-done-saved = It is saved. Your card shows it in a moment.
settings-done-added = It is added. Your card is found by it now.
settings-done-removed = It is removed.
settings-done-given = Thank you. You get news and offers from now on.
settings-done-stopped = It is noted. Nothing of this kind is sent to you any more.
settings-done-quiet = Your card changes quietly from now on.
settings-done-heard = Your phone tells you again when your card changes.
settings-not-gone = This was not there any more. Nothing was changed.
settings-taken = This leads to another card. If that is yours too, ask the shop: it can join both.
settings-full = There are too many already. Remove one first.

# Consents: what was agreed to stays as it was. Another wording gets another number.
consent-marketing-1 = Send me news and offers. I can stop them at any time.

# The question before everything is deleted.
delete-title = Delete your data?
delete-goes = This goes
delete-goes-what = Your name, e-mail, phone and birthday, what the shop noted about you, your card, its points and rewards. Nobody can bring them back.
delete-stays = This stays, and why
delete-stays-books = Amounts and dates of purchases and points, without you: a shop has to keep its books. Nothing in them leads to you.
delete-stays-consents = That somebody agreed or declined, and when, without saying who: so the shop can show that it asked.
delete-stays-gifts = A gift card that was paid for. Keep its code: whoever has the code can spend it.
delete-first = Would you like your data first? Download it before you go on.
delete-word = DELETE
delete-type = To go on, write “{ $word }”
delete-wrong = Write just “{ $word }”. Nothing was deleted.
delete-button = Delete for ever
delete-done = Your data is deleted
    .next = The card on your phone becomes void in a moment, and you can remove it there. Thank you for having been with us.

# The ways into a wallet.
wallet-apple = Add to Apple Wallet
wallet-google = Add to Google Wallet
wallet-none = The wallet is not ready yet. Keep this page: its code works at the counter.
wallet-on-phone = On your phone
wallet-on-phone-how = Point your phone's camera here to open the card there.
wallet-waiting = Your card is being made ready
wallet-waiting-why = Google Wallet takes a little longer than usual. This page tries again by itself.
wallet-try-again = Try again now

# What the movements of points are called.
entry-welcome = Welcome gift
entry-earn = Order
entry-promotion = Extra
entry-redeem = Reward
entry-refund = Refund
entry-expire = Expired
entry-transfer = Transfer
entry-import = Brought over
entry-adjust = Correction

# What happened, and what can be done.
fault-no-program = There is no such card to join
    .next = The address may have been mistyped. Scan the code at the counter again, or ask the shop.
fault-no-card = This link does not work any more
    .next = It was replaced or mistyped. Join again with the same e-mail or phone to find your card, or ask the shop.
fault-no-receipt = We do not know this receipt
    .next = The address may have been mistyped. Scan the code on the receipt again, or ask the shop.
fault-no-page = There is nothing at this address
    .next = It may have been mistyped. Go back, or scan the code at the counter again.
fault-bad-address = Something in this address is not known
    .next = Check what stands behind the question mark, or open the page again from where you came.
fault-no-link = This link does not work
    .next = It may have been cut short on its way. Open it from where you got it, or ask the shop.
fault-link-over = This link is over
    .next = It works for some days and opens a few times. Ask the shop for another one.
fault-wrong-role = Your role may not do this
    .next = Ask a manager, or sign in as somebody who may.
fault-old-form = This page is from an earlier visit
    .next = Open it anew and send it again.
fault-cross-site = The form came from another site
    .next = To keep you safe it was not taken. Open the shop's join page itself and send it from there.
fault-voided = This card was closed
    .next = Nothing can be added to it. Ask the shop for a new one.
fault-no-wallet = This wallet is not ready here
    .next = The shop has not set it up yet. Go back: the code on your card's page works at the counter.
fault-not-understood = The form did not arrive whole
    .next = Go back, check what you typed and send it again.
fault-too-many = Too many tries from here
    .next = Many people joined from this network just now. Nothing is lost.
fault-unavailable = Not right now
    .next = The service cannot do this at the moment. Nothing is lost; try again soon.
fault-internal = Something went wrong on our side
    .next = Nothing was changed. Try again; if it stays, tell the shop the reference below.
fault-wait =
    { $seconds ->
        [one] Try again in { $seconds } second.
       *[other] Try again in { $seconds } seconds.
    }
fault-reference = Reference

# Somebody who joined before asks for their card on another phone.
recover-title = You have a card here already
recover-why = Anybody can type an e-mail address or a phone number, so these alone do not open your card.
recover-phone = It is on a phone of yours
recover-phone-how = Open the card in the wallet there. The link on its back leads to your own page.
recover-counter = It is lost, or this phone is new
recover-counter-how = Show this code at the counter. Your card opens here as soon as somebody there has seen that it is you. The code works for a quarter of an hour.
recover-code = The code for the counter
recover-look = I have shown it
recover-other = Join with something else
recover-over = This code is too old
recover-over-next = It worked for a quarter of an hour. Join again, and you have a new one.

survey-offered = Tell us what you think
survey-answer = Answer
survey-questions =
    { $count ->
        [one] { $count } question
       *[other] { $count } questions
    }
survey-optional = if you like
survey-scale = From least to most.
survey-several = Choose as many as you like.
survey-who = The shop sees your answers together with your card. Delete your data, and they go too.
survey-send = Send my answers
survey-missing = Please answer this question.
survey-bad-answer = Choose one of the answers below.
survey-bad-text = Write at most 1,000 characters.
survey-look = Some answers are missing or cannot be read. Nothing that you wrote is lost.
survey-empty = Answer at least one question.
survey-thanks = Thank you
survey-earned = { $points } for your answers.
survey-again = You have answered this survey
    .next = Once is enough. Thank you!
survey-over = This survey is not open
    .next = It takes no answers at the moment.
survey-unknown = Answer with your card
    .next = This phone has not opened your card’s page yet.
survey-card-how = Open it in your phone’s wallet, turn it over and tap the link to your page. The survey waits there.
