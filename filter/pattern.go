package filter

import (
	"fmt"
	"regexp"
	"regexp/syntax"
)

// maxRenderedPattern is the longest pattern in bytes that MongoDB takes, less a margin.
const maxRenderedPattern = 30_000

// ParsePattern reads a regular expression in RE2 syntax (https://github.com/google/re2/wiki/Syntax) and writes
// it anew from its syntax tree, with every class and anchor spelled out, so that RE2 and PCRE, which MongoDB
// uses, read it alike. What cannot be written so is refused.
func ParsePattern(text string) (Pattern, error) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return Pattern{}, fmt.Errorf("%q is not a regular expression in RE2 syntax: %w", text, err)
	}
	if err := spellOut(tree); err != nil {
		return Pattern{}, err
	}
	rendered := tree.String()
	if len(rendered) > maxRenderedPattern {
		return Pattern{}, fmt.Errorf("the pattern has character classes that are too large; name fewer characters")
	}
	re, err := regexp.Compile(rendered)
	if err != nil {
		return Pattern{}, fmt.Errorf("the pattern is too large; write a shorter one: %w", err)
	}
	return Pattern{re}, nil
}

// spellOut removes from the tree what PCRE would read differently or does not need.
func spellOut(tree *syntax.Regexp) error {
	switch tree.Op {
	case syntax.OpBeginLine:
		// After a newline at the very end of the text RE2 sees a line begin, PCRE does not.
		return fmt.Errorf("^ in multi-line mode is read differently by MongoDB; use \\A or (?:\\A|\\n)")
	case syntax.OpEndText:
		// PCRE's $ also matches before a newline at the end; without this flag \z is written instead.
		tree.Flags &^= syntax.WasDollar
	case syntax.OpCapture:
		*tree = *tree.Sub[0]
		return spellOut(tree)
	}
	for _, sub := range tree.Sub {
		if err := spellOut(sub); err != nil {
			return err
		}
	}
	return nil
}
