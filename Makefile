# Everything here needs Go, Node.js (for tests) and the package registries only.

.PHONY: demo run test generate lint bench bench-go

# Serves 10,000 made-up contacts and 20 segments; Ctrl-C deletes them.
demo:
	go run . demo

# Serves the data in ./data, or in MongoDB where MONGODB_URI is set.
run:
	go run . serve

# Runs all tests, those of the MongoDB store against FerretDB, which is built on the first run, or against the
# MongoDB of MONGODB_TEST_URI.
test:
	go test -race -timeout 20m ./...

# Makes the code in graph from schema.graphqls, and the pages of docs that follow from tables in the code.
generate:
	go tool gqlgen generate
	go run ./docs/generate

lint:
	go tool -modfile=tools/lint/go.mod golangci-lint run ./...
	cd tools && go tool -modfile=lint/go.mod golangci-lint run ./...

# Measures this machine with made-up contacts, see docs/performance.md; make bench CONTACTS=100000 takes more of them.
CONTACTS ?= 10000
bench:
	go run ./bench -contacts $(CONTACTS)

# Measures parts. Compare two runs with: go tool -modfile=tools/go.mod benchstat old.txt new.txt
bench-go:
	go test -run '^$$' -bench . -benchmem ./...
