package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"segmentql/db"
	"segmentql/filter"
)

// stepsOfFilter is about the number of nodes that a large filter has.
const stepsOfFilter = 100

// costOfCall is what a field that asks the store for a number costs, in values of a result.
const costOfCall = 50

// costOfScan is what a field costs for which MongoDB may have to read all contacts: too much to ask it of all fields.
const costOfScan = 2_000

// complexities makes the complexity of an operation about the number of values in its result.
func complexities() ComplexityRoot {
	var c ComplexityRoot
	c.Query.Contacts = func(child int, _ *FilterInput, _ *string, _ []*ContactOrder, first *int32, _ *string, last *int32, _ *string) int {
		return ofPage(child, first, last)
	}
	c.Query.Audience = func(
		child int, include, exclude []string, _ bool, _ *FilterInput, _ *string, _ []*ContactOrder, first *int32, _ *string, last *int32, _ *string,
	) int {
		return ofPage(child, first, last) + len(include) + len(exclude)
	}
	c.Segment.Members = func(child int, _ *FilterInput, _ *string, _ []*ContactOrder, first *int32, _ *string, last *int32, _ *string) int {
		return ofPage(child, first, last)
	}
	c.Query.Segments = func(child int, _ *string, _ *db.SegmentKind, first *int32, _ *string, last *int32, _ *string) int {
		return ofPage(child, first, last)
	}
	c.Query.Jobs = func(child int, _ *string, _ *db.JobState, first *int32, _ *string) int {
		return ofPage(child, first, nil)
	}
	c.Job.Problems = func(child int, first *int32, _ *string) int {
		return costOfCall + child*size(first, db.DefaultPageSize, maxProblems)
	}
	c.Contact.Segments = func(child int, first *int32, _ *string) int { return ofPage(child, first, nil) }
	ofActivity := func(child int, first *int32, _ *string) int {
		return costOfCall + child*size(first, db.DefaultPageSize, maxActivity)
	}
	c.Contact.Activity, c.MergedContact.Activity = ofActivity, ofActivity
	ofStatuses := func(child int) int { return 2 * child } // most contacts have few
	c.Contact.StatusChanges, c.MergedContact.StatusChanges = ofStatuses, ofStatuses
	c.Activity.Changes = func(child int) int { return 5 * child }
	c.Contact.MergedFrom = func(child int) int { return 10 * child } // most have none
	c.Query.Nodes = func(child int, ids []string) int { return 1 + child*min(len(ids), maxNodes) }
	ofSample := func(child int, first *int32) int { return 1 + child*size(first, defaultSample, maxSample) }
	c.SegmentPreview.Sample, c.ContactSet.Sample = ofSample, ofSample
	c.ContactSet.Count = func(int) int { return costOfCall }
	c.SegmentPreview.Conditions = func(child int) int { return costOfCall + child }
	c.Query.ExplainFilter = func(child int, _ FilterInput) int { return costOfCall + child }
	c.FilterExplanation.Steps = func(child int) int { return stepsOfFilter * child }
	c.Segment.MemberCount = func(int) int { return costOfCall }
	c.SegmentPreview.Count = func(int) int { return costOfCall }
	c.ContactConnection.TotalCount = func(int) int { return costOfCall }
	// A workspace has hundreds of fields, each with some twenty operators.
	c.Query.Fields = func(child int, _ *string, _ *filter.Path) int { return costOfCall + 500*child }
	c.Field.ContactCount = func(int) int { return costOfCall }
	c.Field.Values = func(child int, _ *string, first *int32) int {
		return costOfScan + child*size(first, db.DefaultValues, db.MaxValues)
	}
	c.Field.Range = func(child int) int { return costOfScan + child }
	c.Field.Operators = func(child int) int { return 20 * child }
	c.Segment.UsedBy = func(child int) int { return costOfCall + child*db.DefaultPageSize }
	c.Segment.Contains = func(int, string) int { return costOfCall }
	return c
}

func ofPage(child int, first, last *int32) int {
	if first == nil {
		first = last
	}
	return costOfCall + child*size(first, db.DefaultPageSize, db.MaxPageSize)
}

// size is that of a page, within its bounds: a negative size must not make an operation cheap.
func size(asked *int32, otherwise, most int) int {
	if asked == nil {
		return otherwise
	}
	return max(1, min(int(*asked), most))
}

// fragmentLimit refuses operations that have too many fields with their fragments in place, before gqlgen computes their
// complexity. That walks through a fragment each time it is spread: thirty, each of which spreads the next one twice,
// take minutes.
type fragmentLimit struct{}

// ExtensionName is for gqlgen.
func (fragmentLimit) ExtensionName() string { return "FragmentLimit" }

// Validate is for gqlgen.
func (fragmentLimit) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext refuses an operation that is too large.
func (fragmentLimit) MutateOperationContext(_ context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	of := map[string]int{} // fields of fragments
	var count func(ast.SelectionSet) int
	count = func(set ast.SelectionSet) (fields int) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				fields += 1 + count(s.SelectionSet)
			case *ast.InlineFragment:
				fields += count(s.SelectionSet)
			case *ast.FragmentSpread:
				if _, known := of[s.Name]; !known {
					of[s.Name] = count(s.Definition.SelectionSet)
				}
				fields += of[s.Name]
			}
			fields = min(fields, maxComplexity+1)
		}
		return fields
	}
	if count(operation.Operation.SelectionSet) <= maxComplexity {
		return nil
	}
	err := gqlerror.Errorf("operation has more than %d fields with its fragments", maxComplexity)
	errcode.Set(err, "COMPLEXITY_LIMIT_EXCEEDED")
	return err
}
