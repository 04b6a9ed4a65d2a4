-- Short surveys that members answer. state: draft, open, closed. body is JSON: texts by language, and the questions.
CREATE TABLE surveys (
    id         TEXT NOT NULL PRIMARY KEY,
    program_id TEXT NOT NULL REFERENCES programs (id),
    name       TEXT NOT NULL,
    state      TEXT NOT NULL,
    body       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX surveys_by_program ON surveys (program_id, id);
CREATE INDEX surveys_by_state ON surveys (program_id, state, id);

-- What members answered, once each; who is erased leaves none. answers is JSON by the question's id.
CREATE TABLE survey_answers (
    id         TEXT NOT NULL PRIMARY KEY,
    program_id TEXT NOT NULL REFERENCES programs (id),
    survey_id  TEXT NOT NULL REFERENCES surveys (id),
    member_id  TEXT NOT NULL REFERENCES members (id),
    language   TEXT NOT NULL,
    answers    TEXT NOT NULL,
    created_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX survey_answers_once ON survey_answers (survey_id, member_id);
CREATE INDEX survey_answers_by_survey ON survey_answers (survey_id, id);
CREATE INDEX survey_answers_by_member ON survey_answers (member_id, id);
