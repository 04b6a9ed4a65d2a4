# Surveys in the console: written, opened, and what members answered.

surveys-title = Surveys
surveys-how = Short questions to members. Each member answers a survey once, and what answering pays is paid once.
surveys-none = There is no survey yet.
surveys-begin = Write a survey
surveys-new = A new survey
surveys-draft = draft
surveys-open = open
surveys-closed = closed
surveys-results = Results
surveys-name = Name, for you alone
surveys-words = The words below are in
surveys-heading = Title, as members read it
surveys-intro = Introduction
surveys-thanks = Thanks, when it is answered
surveys-question = Question { $number }
surveys-text = What is asked
surveys-kind = What an answer is
surveys-kind-single = One choice
surveys-kind-several = Several choices
surveys-kind-scale-1-5 = A number from 1 to 5
surveys-kind-scale-0-10 = A number from 0 to 10
surveys-kind-text = Own words
surveys-required = It must be answered
surveys-choices = Choices, one on each line
surveys-choices-how = 2 to 12; only for one choice and several choices.
surveys-add = Add a question
surveys-up = Move up
surveys-down = Move down
surveys-remove = Remove
surveys-save = Save
surveys-saved = Saved.
surveys-was-opened = It is open. Members see it on their page.
surveys-was-closed = It is closed.
surveys-open-it = Open it
surveys-open-how = Members see it on their page and can answer. Questions and choices stay as they are from then on; words can still change.
surveys-close-it = Close it
surveys-close-how = Nobody can answer any more. What was answered stays, and you can open it again.
surveys-link = Its link, for messages, posters and receipts
surveys-pays = Answering pays: { $worth }.
surveys-pays-nothing = Answering pays nothing yet.
surveys-pays-unsure = There are rules for it, and each asks for more than an answer.
surveys-make-rule = Make a rule for “Survey answered”
surveys-look = Some fields need another look. Nothing is saved yet, and nothing typed is lost.
surveys-full = There are 200 surveys, as many as there may be.
surveys-fixed = It was opened, so questions and choices stay as they are; their words can change. Write a new survey for other questions.
surveys-bad-count = A survey has 1 to 20 questions.
surveys-bad-name = Use 1 to 80 characters, without line breaks.
surveys-bad-line = Use 1 to 200 characters.
surveys-bad-passage = Use at most 600 characters.
surveys-bad-choices = Write 2 to 12 choices, one on each line, each of at most 200 characters.
surveys-answers =
    { $count ->
        [one] { $count } answer
       *[other] { $count } answers
    }
surveys-newest = The newest 20,000 are counted.
surveys-mean = Mean { $mean }
surveys-no-answers = Nobody has answered yet.
surveys-texts = The newest answers
surveys-download = Download as CSV
surveys-csv-when = When
surveys-csv-member = Member
surveys-csv-language = Language
