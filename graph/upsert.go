package graph

import (
	"context"
	"fmt"

	"segmentql/db"
)

// upsert applies the inputs. What is wrong with one of them is in its result; an error concerns all.
func (r *request) upsert(ctx context.Context, inputs []*CreateContactInput) (*UpsertContactsPayload, error) {
	if err := atMost(len(inputs), maxBatch, "contacts"); err != nil {
		return nil, err
	}
	payload := &UpsertContactsPayload{Results: make([]*UpsertContactResult, len(inputs))}
	var patches []db.ContactPatch
	var positions []int // of the patches
	for i, in := range inputs {
		patch, err := in.patch(r.region)
		if err != nil {
			payload.Results[i] = rejected(err, i)
			continue
		}
		patches, positions = append(patches, patch), append(positions, i)
	}
	results, err := r.workspace.UpsertContacts(ctx, patches, db.Upsert)
	if err != nil {
		return nil, err
	}
	for n, result := range results {
		i := positions[n]
		if result.Err != nil {
			payload.Results[i] = rejected(result.Err, i)
		} else {
			payload.Results[i] = &UpsertContactResult{Contact: &Contact{result.Contact}, Created: result.Created}
		}
	}
	for _, r := range payload.Results {
		switch {
		case r.Error != nil:
			payload.Rejected++
		case r.Created:
			payload.Created++
		default:
			payload.Updated++
		}
	}
	return payload, nil
}

func rejected(err error, i int) *UpsertContactResult {
	return &UpsertContactResult{Error: inputError(mistakes(err)[0].At("input", "contacts", i))}
}

func inputError(e *db.Error) *InputError {
	return &InputError{Code: string(e.Code), Message: e.Message, Path: texts(e.Path)}
}

// texts are the steps of a path in an input.
func texts(path []any) []string {
	steps := make([]string, len(path))
	for i, step := range path {
		steps[i] = fmt.Sprint(step)
	}
	return steps
}

// atMost refuses a list that is too long.
func atMost(n, most int, name string) error {
	if n > most {
		return db.Errorf(db.LimitExceeded, "%s has at most %d entries, this one has %d; send several requests", name, most, n).At(name)
	}
	return nil
}
