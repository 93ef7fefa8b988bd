package dbtest

import (
	"math/rand/v2"
	"regexp"
	"strings"

	"pgregory.net/rapid"
)

// Long texts are what people type: words with what stands between them, among them words that are alike but for case
// or for their ends, that fold to other letters or to none, and that are longer than an index may like.
var (
	words = []string{
		"coffee", "Coffee", "COFFEES", "off", "late-night", "O'Brien", "a.b", "C++", "x_y", "42", "4.2e1", "xy", "K", "don’t",
		"sunset", "ſunset", "SUNſET", "K2", "k2", "K2", "Straße", "STRAẞE", "strasse", "İstanbul", "istanbul", "ıstanbul",
		"ΣΊΣΥΦΟΣ", "Σίσυφος", "σίσυφοσ", "naïve", "nai\u0308ve", "日本語", "😀", "ǅemal", "ǆemal", "µm", "μm", "Ωmega", "ωmega",
		"Donaudampfschifffahrtsgesellschaftskapitänsmütze", "Donaudampfschifffahrtsgesellschaftskapitänsmützen",
		strings.Repeat("ab", 40) + "1", strings.Repeat("ab", 40) + "2", strings.Repeat("é", 70),
	}
	between = []string{" ", " ", " ", " ", ", ", ". ", "-", "_", "\n", "\t", "\u00a0", "/", "’", "  ", " – ", ""}
)

// manyTexts is the number of long texts that there are.
const manyTexts = 24

// longText returns the n-th text: of several hundred bytes, and the first few shorter.
func longText(n int) string {
	random := rand.New(rand.NewPCG(uint64(n), 0)) //nolint:gosec // the same texts each time
	var b strings.Builder
	for range min(60, 1+3*n) {
		b.WriteString(words[random.IntN(len(words))])
		b.WriteString(between[random.IntN(len(between))])
	}
	return b.String()
}

func drawLongText(r *rapid.T) string {
	return longText(rapid.IntRange(0, manyTexts-1).Draw(r, "long text"))
}

// drawNeedle draws a piece of a long text, from within a word or across several, often written a little differently.
func drawNeedle(r *rapid.T) string {
	text := []rune(drawLongText(r))
	size := min(len(text), rapid.SampledFrom([]int{1, 2, 3, 5, 8, 20, 60, len(text)}).Draw(r, "size"))
	last := len(text) - size
	from := rapid.SampledFrom([]int{0, last, rapid.IntRange(0, last).Draw(r, "from")}).Draw(r, "begin")
	needle := string(text[from : from+size])
	switch rapid.SampledFrom([]string{"", "", "upper", "lower", "fold", "miss"}).Draw(r, "spelling") {
	case "upper":
		return strings.ToUpper(needle)
	case "lower":
		return strings.ToLower(needle)
	case "fold":
		return otherLetters.Replace(needle)
	case "miss":
		return needle + "q"
	}
	return needle
}

// otherLetters writes letters as others of the same fold.
var otherLetters = strings.NewReplacer(
	"s", "ſ", "ſ", "S", "k", "K", "K", "K", "ß", "ẞ", "ẞ", "ß", "σ", "ς", "ς", "Σ", "Σ", "σ", "i", "I", "İ", "i", "ı", "I", "ǆ", "ǅ", "µ", "μ", "ω", "Ω",
)

// drawPattern draws a pattern that looks for a needle.
func drawPattern(r *rapid.T) string {
	const most = 40 // runes; each may be quoted, and the language takes patterns of so many characters
	needle := []rune(drawNeedle(r))
	pattern := regexp.QuoteMeta(string(needle[:min(most, len(needle))]))
	switch rapid.SampledFrom([]string{"", "", "start", "end", "word", "gap", "either"}).Draw(r, "form") {
	case "start":
		pattern = "^" + pattern
	case "end":
		pattern += "$"
	case "word":
		pattern = `\b` + pattern + `\b`
	case "gap":
		pattern += ".*" + rapid.SampledFrom([]string{"off", `\d`, "[é日]", "s$"}).Draw(r, "rest")
	case "either":
		pattern += "|" + rapid.SampledFrom([]string{"xy", "ΣΊ", `^\s`, ""}).Draw(r, "or")
	}
	if rapid.Bool().Draw(r, "ignore case") {
		pattern = "(?i)" + pattern
	}
	return pattern
}
