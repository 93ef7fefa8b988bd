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
			column.numbers = append(column.numbers, wholeNumber(value, row))
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
