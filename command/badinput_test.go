package command_test

import "testing"

// badInput is a request that cannot be answered, and how it is refused.
type badInput struct {
	name      string
	query     string
	variables string
	status    int    // 200 where the operation was begun; 0 where that is not to be relied on
	want      string // the errors as the list of what mistake makes
}

// mistake is an error in the form in which the tables have it.
func mistake(code, path, message string) string {
	text := `{"code": "` + code + `", "message": "` + message + `"`
	if path != "" {
		text += `, "path": [` + path + `]`
	}
	return text + "}"
}

func checkBadInputs(t *testing.T, s *server, inputs []badInput) {
	t.Helper()
	for _, in := range inputs {
		t.Run(in.name, func(t *testing.T) {
			got := s.post(t, operation(t, in.query, in.variables))
			wantStatus(t, got.status, in.status)
			names{}.check(t, in.want, errorsOf(t, got.body))
			wantNothingInternal(t, got.body)
			if len(got.body) > 10_000 {
				t.Errorf("the answer has %d bytes", len(got.body))
			}
			wantPeople(t, s)
		})
	}
}

// wantStatus takes 0 for any status that does not blame the server.
func wantStatus(t *testing.T, got, want int) {
	t.Helper()
	if got != want && (want != 0 || got < 200 || got >= 500) {
		t.Errorf("status %d, want %d", got, want)
	}
}

// errorsOf returns the errors of an answer as a list of what the tables have of each.
func errorsOf(t *testing.T, body string) string {
	t.Helper()
	answer, err := decode(body)
	if err != nil {
		t.Fatalf("the answer is not JSON: %s", body)
	}
	list, _ := answer.(map[string]any)["errors"].([]any)
	found := []any{}
	for _, e := range list {
		extensions, _ := e.(map[string]any)["extensions"].(map[string]any)
		short := map[string]any{"message": e.(map[string]any)["message"], "code": extensions["code"]}
		if path, ok := extensions["path"]; ok {
			short["path"] = path
		}
		found = append(found, short)
	}
	return encode(found)
}
