package index

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	bsi "github.com/RoaringBitmap/roaring/v2/BitSliceIndexing"

	"segmentql/filter"
)

// BenchmarkRange compares ways to find the rows of a block that have a number within a range which half of the values
// are in: the stretch of a run, which is what the index does; a bit-sliced index of the Roaring library; and a union of
// the bitmaps of the values.
func BenchmarkRange(b *testing.B) {
	for _, distinct := range []int{100, 1_000, maxRows} {
		random := rand.New(rand.NewPCG(1, 2))
		var column columnBuilder
		bits := bsi.NewDefaultBSI()
		ofValue := make([]*roaring.Bitmap, distinct)
		for value := range ofValue {
			ofValue[value] = roaring.New()
		}
		for row := range uint32(maxRows) {
			value := random.Int64N(int64(distinct))
			column.numbers = append(column.numbers, pair[numberValue]{wholeNumber(value), row})
			bits.SetValue(uint64(row), value)
			ofValue[value].Add(row)
		}
		built := column.column(maxRows)
		from, to := int64(distinct/4), int64(distinct*3/4)
		test := filter.NumberRange{From: &filter.NumberBound{Value: from, Inclusive: true}, To: &filter.NumberBound{Value: to}}
		b.Run(fmt.Sprintf("values=%d/by=run", distinct), func(b *testing.B) {
			for b.Loop() {
				built.rowsWith(maxRows, test)
			}
			b.ReportMetric(float64(built.bytes())/maxRows, "B/row")
		})
		b.Run(fmt.Sprintf("values=%d/by=bit-slices", distinct), func(b *testing.B) {
			for b.Loop() {
				bits.CompareValue(1, bsi.RANGE, from, to-1, nil)
			}
			slices, err := bits.MarshalBinary()
			if err != nil {
				b.Fatal(err)
			}
			size := 0
			for _, slice := range slices {
				size += len(slice)
			}
			b.ReportMetric(float64(size)/maxRows, "B/row")
		})
		b.Run(fmt.Sprintf("values=%d/by=union", distinct), func(b *testing.B) {
			size := uint64(0)
			for b.Loop() {
				roaring.FastOr(ofValue[from:to]...)
			}
			for _, set := range ofValue {
				size += set.GetSizeInBytes()
			}
			b.ReportMetric(float64(size)/maxRows, "B/row")
		})
	}
}

// BenchmarkText asks tests of the texts of a block that are all different.
func BenchmarkText(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	var column columnBuilder
	for row := range uint32(maxRows) {
		domain := []string{"outlook.com", "gmail.com", "example.com"}[random.IntN(3)]
		column.texts.add(fmt.Appendf(nil, "person.%d@%s", random.IntN(1<<30), domain), row)
	}
	built := column.column(maxRows)
	pattern, err := filter.ParsePattern(`[0-9]9@gmail`)
	if err != nil {
		b.Fatal(err)
	}
	for name, test := range map[string]filter.Test{
		"prefix":                  filter.NewTextMatch(filter.AtStart, "person.12", false),
		"suffix":                  filter.NewTextMatch(filter.AtEnd, "@outlook.com", false),
		"suffix, ignoring case":   filter.NewTextMatch(filter.AtEnd, "@OUTLOOK.com", true),
		"contains":                filter.NewTextMatch(filter.Anywhere, "77@gm", false),
		"contains, ignoring case": filter.NewTextMatch(filter.Anywhere, "77@GM", true),
		"equals, ignoring case":   filter.NewOneOf([]any{"PERSON.1@gmail.com"}, true),
		"pattern":                 pattern,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				built.rowsWith(maxRows, test)
			}
		})
	}
}
