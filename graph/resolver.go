// Package graph is the GraphQL API: thin resolvers over package db and segment, the shape of results and errors, and
// the limits of requests.
package graph

// Resolver is the root of the resolvers.
type Resolver struct{}
