// Package filter is the filter language of SegmentQL: what a filter over contact documents is, how one is
// read from its input form, and what it means.
//
//	input (JSON or GraphQL)  --Parser.Parse-->  Node  --Match-->  bool
//
// A filter is written with many operators (operators.go) and lowered to the few core nodes of node.go; stores
// know only core nodes. Match is the reference: a store is right when it agrees with Match on every document.
//
// The package is pure and imports the standard library only.
package filter
