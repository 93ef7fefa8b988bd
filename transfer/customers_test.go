package transfer_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/filter"
	"segmentql/transfer"
)

// The MongoDB sample data, as mongoexport wrote it: testdata has its first 60 documents and the two that share an
// email; the whole file may be beside the repository.
const allCustomers = "../../shared/data/mongodb-sample-customers.json"

func TestImportCustomers(t *testing.T) {
	for path, want := range map[string]string{
		"testdata/customers.jsonl": "61 created, 1 updated, 0 rejected",
		allCustomers:               "499 created, 1 updated, 0 rejected",
	} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			file, err := os.Open(path)
			if errors.Is(err, fs.ErrNotExist) && path == allCustomers {
				t.Skipf("%s is not there; the excerpt in testdata is tested", path)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			mapping, err := transfer.ParseMapping("email=email,firstName=name")
			if err != nil {
				t.Fatal(err)
			}
			ws := openWorkspace(t)
			summary, err := transfer.Import(t.Context(), ws, file, transfer.Options{Mapping: mapping})
			if err != nil {
				t.Fatal(err)
			}
			wantSummary(t, summary, want)
			if len(summary.Declared)+len(summary.Warnings) > 0 {
				t.Errorf("declared %v, warnings %q", summary.Declared, summary.Warnings)
			}
			checkCustomer(t, ws)
		})
	}
}

func openWorkspace(t testing.TB) db.Workspace {
	t.Helper()
	store, err := embedded.Open(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return store.Workspace("test")
}

func checkCustomer(t *testing.T, ws db.Workspace) {
	t.Helper()
	c, err := ws.ContactByEmail(t.Context(), "arroyocolton@gmail.com")
	if err != nil {
		t.Fatal(err)
	}
	if c.FirstName != "Elizabeth Ray" || c.Custom["_id"] != "5ca4bbcea2dd94ee58162a68" || c.Custom["active"] != true {
		t.Errorf("got %+v", c)
	}
	if kind := filter.KindOf(c.Custom["birthdate"]); kind != filter.KindDateTime {
		t.Errorf("the birthdate is %s", kind)
	}
	if _, kept := c.Custom["name"]; kept {
		t.Error("the name was copied, not moved")
	}
	if accounts, _ := c.Custom["accounts"].([]any); len(accounts) != 6 || accounts[0] != int64(371138) {
		t.Errorf("the accounts are %v", c.Custom["accounts"])
	}
}
