# The till, and where staff sign in.

sign-in-title = Sign in
sign-in-email = E-mail
sign-in-password = Password
sign-in-submit = Sign in
sign-in-wrong = E-mail or password is not right. Try again.
sign-in-locked = { $minutes ->
    [one] Too many tries failed. Wait a minute, then try again.
   *[other] Too many tries failed. Wait {$minutes} minutes, then try again.
}

till-title = Till
till-sign-out = Sign out
till-who = Who is at the till?
till-pin = PIN
till-pin-wrong = The PIN is not right. Try again.
till-open = Open the till
till-nobody = Nobody has a PIN for this till yet. A manager can give you one.
till-with-password = Sign in with e-mail and password
till-connect-title = Make this device a till
till-connect-how = From now on, staff sign in here with their PIN.
till-connect = Connect this device
till-connect-over = This link is good no more
till-connect-new = It was used, or it is too old. Ask a manager for a new one.

till-code = Card number, name, phone or e-mail
till-found = Who is it?
till-found-more = More people have that name. Type more of it, or the phone number.
till-find = Find
till-last = Last deeds
till-last-none = Nothing yet. Scan a card to begin.
till-undo = Undo
till-undone = undone
till-new-member = New member
till-training = Training. Nothing is written, no customer sees it.
till-training-begin = Try it in training
till-training-end = End training

till-nameless = Member without a name
till-balance = Balance
till-pending = {$points} more are on their way.
till-birthday-today = Birthday today
till-birthday-near = Birthday this week
till-say-ready = Say: “Ready for you: {$reward}.”
till-say-next = Say: “Only {$points} more for this: {$reward}.”
till-amount = Amount paid
till-give = Add points
till-preview = This gives {$points}.
till-preview-nothing = This gives nothing.
till-rewards = Rewards
till-no-rewards = There are no rewards at present.
till-next-reward = {$points} more for this: {$reward}.
till-held = Waiting for the customer
till-hand-over = Hand over
till-hand-over-how = It is paid for already. Hand it over once.
till-free = free
till-redeem-how = {$cost} go, {$left} stay.
till-redeem-free = It costs nothing.
till-name-compared = I compared the name on the phone.
till-gift-card = Gift card: {$money}
till-challenge = {$name}: {$done} of {$goal}
till-next = Next customer
till-rules = How the program works
till-rules-bonus = Whoever joins begins with {$points}.
till-rules-redeem = A reward costs its points the moment it is handed over.
till-rules-undo = What went wrong a moment ago, you undo here; later, a manager does.
till-rules-lost = A lost card: find it by phone or e-mail. The balance stays.

till-camera-refused = The camera is blocked. Allow it for this page, or type the number.
till-camera-none = There is no camera. Use a scanner, or type the number.
till-torch = Light
till-cameras = Camera
till-offline-title = Till without a network
till-offline = No network. Purchases are kept here and sent as soon as there is one.
till-offline-rewards = Rewards need the network: the balance may have changed.
till-queued = Kept. It is sent as soon as there is a network; the points come then.
till-waiting = Waiting to be sent: #
till-dismiss = Seen
till-stale = Balance #, as of @

till-joined = joined
till-join-how = Let the customer scan this with their phone. The card opens here as soon as they have joined.
till-join-there = They have joined
till-done-joined = {$name} has joined and has {$balance}.
till-done-order = {$points} added. {$name} now has {$balance}.
till-done-nothing = The purchase is noted. It gives nothing; {$name} has {$balance}.
till-done-reward = Hand over: {$reward}. {$name} now has {$balance}.
till-done-hand-over = Hand over: {$reward}.
till-done-undone = Undone. {$name} has again what was there before.
till-tried = Training: {$name} would now have {$balance}. Nothing was written.

till-fault-unknown = The card is unknown. Scan again, or search by name, phone or e-mail.
till-fault-check-digit = One character is wrong. Look at the card again.
till-fault-replaced = This card was replaced. Ask for the new one.
till-fault-voided = This card is void. Nothing can be done with it.
till-fault-blocked = This member is blocked. Ask a manager.
till-fault-points = There are too few points for that.
till-fault-sold-out = There is none left of this reward.
till-fault-reward = This reward cannot be had at present.
till-fault-limit = The member has had as many as they may for now.
till-fault-velocity = Too many purchases in so short a time. Ask a manager.
till-fault-stale = This may be a picture of the card. Scan the phone's screen again, or compare the name.
till-fault-own = Nobody serves their own card. Ask a colleague.
till-fault-not-own = A colleague did this. Ask them or a manager to undo it.
till-fault-too-late = The time for undoing is over. Ask a manager.
till-fault-settled = This was done or undone before.
till-fault-expired = The time for this reward is over.
till-fault-form = This page was from an earlier visit. Open the till anew.
till-fault-role = Your role may not do this. Ask a manager.
till-fault-guesses = Too many unknown cards. Wait a moment.
till-fault-amount = That is no amount. Write it like {$example}.
till-fault-other = That did not work: {$detail}

# A customer asks for the card that they joined with before.
till-recover = A card for another phone
till-recover-whose = Somebody joined with the contact of {$name} and wants the card on this phone.
till-recover-how = Let them have it only if you know that it is them: you know each other, a document says so, or they can tell what you read here.
till-recover-since = Member since {$date}
till-recover-moved = Points moved last on {$date}
till-recover-allow = It is them: open the card
till-recover-no = No, back to the start
till-recover-over = The code is older than a quarter of an hour. Let the customer join again for a new one.
till-recovered = card on another phone
till-done-recovered = {$name} has the card on the phone again, with {$balance}.
