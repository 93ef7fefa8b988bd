package filter_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"segmentql/filter"
)

// What PCRE would read differently is spelled out.
func TestParsePattern(t *testing.T) {
	for pattern, want := range map[string]string{
		"pro":                `pro`,
		"^pro$":              `\Apro\z`,
		`\Apro\z`:            `\Apro\z`,
		"a.c":                `(?-s:a.c)`,
		"(?s)a.c":            `(?s:a.c)`,
		"(?s:a.)c":           `(?s:a.c)`,
		"(?i)pro":            `(?i:PRO)`,
		"pr(?i:o)":           `pr(?i:O)`,
		`\d+`:                `[0-9]+`,
		`\D`:                 `[^0-9]`,
		`\w`:                 `[0-9A-Z_a-z]`,
		`\s`:                 `[\t\n\f\r ]`,
		`\S`:                 `[^\t\n\f\r ]`,
		`[[:alpha:]]`:        `[A-Za-z]`,
		`[^a-w]`:             `[^a-w]`,
		`(a)(?P<n>b)`:        `ab`,
		`(?:a|b)*?`:          `[ab]*?`,
		`a{2,3}`:             `a{2,3}`,
		`a{2,}?`:             `a{2,}?`,
		`\bx\B`:              `\bx\B`,
		`\Qa.b\E`:            `a\.b`,
		`\x{1F600}`:          "😀",
		`\pZ`:                `[ \xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]`,
		"é|ü":                `[éü]`,
		"":                   `(?:)`,
		"a||b":               `a|(?:)|b`,
		"(?m)a$":             `(?m:a$)`,
		`\n`:                 `\n`,
		"\x00":               `\x00`,
		`[\x00-\x{10FFFF}]`:  `(?s:.)`,
		`[^\x00-\x{10FFFF}]`: `[^\x00-\x{10FFFF}]`,
	} {
		p, err := filter.ParsePattern(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		if p.String() != want {
			t.Errorf("%s: got %s, want %s", pattern, p, want)
		}
	}
}

func TestParsePatternRefuses(t *testing.T) {
	const syntax = `%q is not a regular expression in RE2 syntax: error parsing regexp: `
	for pattern, want := range map[string]string{
		"a(":                syntax + "missing closing ): `a(`",
		"a)":                syntax + "unexpected ): `a)`",
		"[a":                syntax + "missing closing ]: `[a`",
		"*":                 syntax + "missing argument to repetition operator: `*`",
		"a**":               syntax + "invalid nested repetition operator: `**`",
		"a*+":               syntax + "invalid nested repetition operator: `*+`",
		"a{1001}":           syntax + "invalid repeat count: `{1001}`",
		`\1`:                syntax + "invalid escape sequence: `\\1`",
		`\h`:                syntax + "invalid escape sequence: `\\h`",
		`\Z`:                syntax + "invalid escape sequence: `\\Z`",
		`\`:                 syntax + "trailing backslash at end of expression: ``",
		"(?=a)":             syntax + "invalid or unsupported Perl syntax: `(?=`",
		"(?<!a)":            syntax + "invalid named capture: `(?<!a)`",
		"(?>a)":             syntax + "invalid or unsupported Perl syntax: `(?>`",
		"(?x)a":             syntax + "invalid or unsupported Perl syntax: `(?x`",
		"(?R)":              syntax + "invalid or unsupported Perl syntax: `(?R`",
		`\p{Klingon}`:       syntax + "invalid character class range: `\\p{Klingon}`",
		"(?m)^":             "^ in multi-line mode is read differently by MongoDB; use \\A or (?:\\A|\\n)",
		"x|(a(?m:^b)*)":     "^ in multi-line mode is read differently by MongoDB; use \\A or (?:\\A|\\n)",
		"((a{100}){100})":   syntax + "invalid repeat count: `{100}`",
		`\pL{100}`:          "",
		`(?:\pL\PL){42}\pL`: "",
	} {
		p, err := filter.ParsePattern(pattern)
		if want == "" {
			if err != nil || len(p.String()) > 30_000 {
				t.Errorf("%s: %v", pattern, err)
			}
			continue
		}
		if want = strings.Replace(want, "%q", fmt.Sprintf("%q", pattern), 1); err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", pattern, err, want)
		}
	}
}

// PCRE has no quantifier after an assertion, and reads \v as any vertical space.
func TestParsePatternForPCRE(t *testing.T) {
	for pattern, want := range map[string]string{
		"^*a": `(?:)a`, `(^+)*a`: `(?:)a`, `a$+`: `a\z`, `a(\b){2,3}`: `a\b`, `\B??`: `(?:)`,
		`\v`: `\x0b`, `[\v\r]`: `[\x0b\r]`, `\x0b`: `\x0b`, `\\v`: `\\v`, `\\\v`: `\\\x0b`,
	} {
		if p, err := filter.ParsePattern(pattern); err != nil || p.String() != want {
			t.Errorf("%s: got %s, %v, want %s", pattern, p, err, want)
		}
	}
}

func pieces() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"a", "B", "é", "ß", "k", "\u212A", `\d`, `\D`, `\w`, `\W`, `\s`, `\S`, ".", "^", "$", `\b`, `\B`, `\A`, `\z`, `\n`, `\t`,
		"[a-k]", "[^a]", `[^\n]`, "[[:space:]]", `\pL`, "(?i)", "(?s)", "(?U)", "(?i:k)", "(?-s:.)", "(?m:$)", `\Q.\E`, "|", "-", "[-a]", "[]a]", "#", `\.`,
		"(a)", "(?:a|b)", "(?P<n>a)", "a*", "a+?", "a??", "a{2}", "a{1,2}", ".*", "[é-ü]", `\x{e9}`, `\x00`,
	})
}

// The rendered pattern is another text for the same thing.
func TestParsePatternKeepsTheMeaning(t *testing.T) {
	letters := rapid.SampledFrom([]rune("abBkKéÉßẞſ5 \n\t_-.#\u212A\x00\U0001F600"))
	rapid.Check(t, func(r *rapid.T) {
		pattern := strings.Join(rapid.SliceOfN(pieces(), 1, 6).Draw(r, "pieces"), "")
		p, err := filter.ParsePattern(pattern)
		if err != nil {
			return
		}
		original := regexp.MustCompile(pattern)
		// It may be rendered again in fewer words, as a|a is where (a) had a name.
		again, err := filter.ParsePattern(p.String())
		if err != nil {
			r.Fatalf("%q, rendered %q, is not valid: %v", pattern, p, err)
		}
		for range 8 {
			text := rapid.StringOfN(letters, 0, 6, -1).Draw(r, "text")
			want := original.MatchString(text)
			if got := p.MatchString(text); got != want {
				r.Fatalf("%q, rendered %q, on %q: got %t", pattern, p, text, got)
			}
			if got := again.MatchString(text); got != want {
				r.Fatalf("%q, rendered %q and again %q, on %q: got %t", pattern, p, again, text, got)
			}
		}
	})
}

// Ignoring case is what strings.EqualFold does, which is Unicode's simple case folding.
func TestFoldAgreesWithEqualFold(t *testing.T) {
	equal := func(a, b string) bool {
		n, err := filter.Parser{}.Parse(filter.Object{"text": filter.Object{"path": "custom.a", "equals": a, "ignoreCase": true}})
		if err != nil {
			t.Fatal(err)
		}
		return filter.Match(n, filter.AsDocument(filter.Object{"custom": filter.Object{"a": b}}))
	}
	// Every rune that has another case, against its whole orbit.
	for first := rune(0); first <= unicode.MaxRune; first++ {
		for next := unicode.SimpleFold(first); next != first; next = unicode.SimpleFold(next) {
			if !equal(string(first), string(next)) {
				t.Fatalf("%q is not %q", first, next)
			}
		}
	}
	letters := rapid.SampledFrom([]rune("aAåÅ\u212BkK\u212AsSſßẞσςΣİıiIǅǆǄµμΜﬅﬆ@[`{5é"))
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.StringOfN(letters, 0, 3, -1), rapid.String())
		a, b := text.Draw(r, "a"), text.Draw(r, "b")
		if got, want := equal(a, b), strings.EqualFold(a, b); got != want {
			r.Fatalf("%q and %q: got %t", a, b, got)
		}
		if !equal(a, strings.ToUpper(a)) && strings.EqualFold(a, strings.ToUpper(a)) {
			r.Fatalf("%q is not its upper case", a)
		}
	})
}

func TestPartsOfPattern(t *testing.T) {
	for text, want := range map[string][]string{
		"refund":                {"refund"},
		"(?i)Refund.*(order)+s": {"REFUND (folded)", "ORDER (folded)", "S (folded)"},
		"^a[0-9]+bc$":           {"a", "bc"},
		"a|b":                   nil,
		"(?:ab)?c":              {"c"},
		"(?:ab)*":               nil,
		"x{2,}":                 {"x", "x"},
	} {
		pattern, err := filter.ParsePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, part := range pattern.Parts() {
			if part.Fold {
				got = append(got, strings.ToUpper(part.Text)+" (folded)")
			} else {
				got = append(got, part.Text)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
