package filter

import (
	"fmt"
	"regexp"
	"regexp/syntax"
)

// maxRenderedPattern is the longest pattern in bytes that MongoDB takes, less a margin.
const maxRenderedPattern = 30_000

// maxPatternSteps bounds the program of a pattern, and so the time that it takes for each character of a text.
const maxPatternSteps = 1_000

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
	rendered := withoutV(tree.String())
	if len(rendered) > maxRenderedPattern {
		return Pattern{}, fmt.Errorf("the pattern has character classes that are too large; name fewer characters")
	}
	if program, err := syntax.Compile(tree.Simplify()); err != nil || len(program.Inst) > maxPatternSteps {
		return Pattern{}, fmt.Errorf("the pattern repeats too much; write smaller numbers in braces")
	}
	re, err := regexp.Compile(rendered)
	if err != nil {
		return Pattern{}, fmt.Errorf("the pattern is too large; write a shorter one: %w", err)
	}
	return Pattern{re}, nil
}

// spellOut removes from the tree what PCRE would read differently, refuse or not need.
func spellOut(tree *syntax.Regexp) error {
	for _, sub := range tree.Sub {
		if err := spellOut(sub); err != nil {
			return err
		}
	}
	switch tree.Op {
	case syntax.OpBeginLine:
		// After a newline at the very end of the text RE2 sees a line begin, PCRE does not.
		return fmt.Errorf("^ in multi-line mode is read differently by MongoDB; use \\A or (?:\\A|\\n)")
	case syntax.OpEndText:
		// PCRE's $ also matches before a newline at the end; without this flag \z is written instead.
		tree.Flags &^= syntax.WasDollar
	case syntax.OpCapture:
		*tree = *tree.Sub[0]
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		// PCRE refuses to repeat what matches a place and no characters.
		if sub := tree.Sub[0]; isPlace(sub.Op) {
			if tree.Op == syntax.OpPlus || tree.Op == syntax.OpRepeat && tree.Min > 0 {
				*tree = *sub
			} else {
				*tree = syntax.Regexp{Op: syntax.OpEmptyMatch}
			}
		}
	}
	return nil
}

func isPlace(op syntax.Op) bool {
	return op == syntax.OpBeginLine || op == syntax.OpEndLine || op == syntax.OpBeginText || op == syntax.OpEndText ||
		op == syntax.OpWordBoundary || op == syntax.OpNoWordBoundary
}

// withoutV writes \v, to PCRE a class of all vertical space, as \x0b.
func withoutV(rendered string) string {
	return escapes.ReplaceAllStringFunc(rendered, func(escape string) string {
		if escape == `\v` {
			return `\x0b`
		}
		return escape
	})
}

var escapes = regexp.MustCompile(`(?s)\\.`)

// Parts returns tests that every text passes that the pattern passes: parts of a text that each match must have.
func (p Pattern) Parts() []TextMatch {
	tree, err := syntax.Parse(p.String(), syntax.Perl)
	if err != nil {
		return nil
	}
	return partsOf(tree.Simplify(), nil)
}

func partsOf(tree *syntax.Regexp, parts []TextMatch) []TextMatch {
	switch tree.Op {
	case syntax.OpLiteral:
		return append(parts, NewTextMatch(Anywhere, string(tree.Rune), tree.Flags&syntax.FoldCase != 0))
	case syntax.OpCapture, syntax.OpPlus:
		return partsOf(tree.Sub[0], parts)
	case syntax.OpConcat:
		for _, sub := range tree.Sub {
			parts = partsOf(sub, parts)
		}
	}
	return parts
}
