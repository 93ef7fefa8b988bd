package transfer

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// inference finds types of custom fields in the values of a sample: a type that text has a form for is inferred
// where every value at the path is such a text, or of the type. Null and blank text do not count.
type inference struct {
	untyped bool
	root    *sampled
}

// sampled is what was seen at one path.
type sampled struct {
	children map[string]*sampled
	mapLike  bool                   // too many children: they are not looked at
	other    bool                   // some value was neither a day nor an instant, nor a text that may be one
	texts    int                    // values that were text
	could    db.Shape               // the kinds as which every value can be read
	odd      map[filter.Kind]string // the first text that cannot be read as the kind
	read     map[filter.Kind]int    // texts that can be
}

// newInference returns an inference for documents of which text is the only type, or not.
func newInference(untyped bool) *inference {
	i := &inference{untyped: untyped}
	i.root = i.node()
	return i
}

func (i *inference) node() *sampled {
	return &sampled{
		children: map[string]*sampled{}, could: db.ShapeOf(i.kinds()...),
		odd: map[filter.Kind]string{}, read: map[filter.Kind]int{},
	}
}

// kinds are those that can be inferred.
func (i *inference) kinds() []filter.Kind {
	kinds := []filter.Kind{filter.KindDate, filter.KindDateTime}
	if i.untyped {
		kinds = append(kinds, filter.KindNumber, filter.KindBoolean)
	}
	return kinds
}

// observe takes the custom fields of one document into account, whose texts may be known to be texts.
func (i *inference) observe(custom filter.Object, exact bool) { i.see(i.root, custom, exact) }

func (i *inference) see(node *sampled, v any, exact bool) {
	switch v := v.(type) {
	case nil:
	case string:
		if strings.TrimSpace(v) == "" {
			return
		}
		if exact {
			node.could, node.other = 0, true
			return
		}
		node.texts++
		for _, kind := range i.kinds() {
			if reads(v, kind) {
				node.read[kind]++
				continue
			}
			node.could &^= db.ShapeOf(kind)
			if _, known := node.odd[kind]; !known {
				node.odd[kind] = abbreviate(v)
			}
		}
	case time.Time:
		node.could &= db.ShapeOf(filter.KindDateTime)
	case filter.Date:
		node.could &= db.ShapeOf(filter.KindDate)
	case []any:
		for _, item := range v {
			i.see(node, item, exact)
		}
	case filter.Object:
		node.could, node.other = 0, true
		for key, value := range v {
			if child := i.child(node, key); child != nil {
				i.see(child, value, exact)
			}
		}
	default:
		node.could, node.other = 0, true
	}
}

// almost returns the kind as which most of the values can be read, but not all.
func (n *sampled) almost() (filter.Kind, bool) {
	for kind, read := range n.read {
		if !n.other && n.could == 0 && 2*read > n.texts {
			return kind, true
		}
	}
	return filter.KindNull, false
}

// child returns nil where the object is map-like, as db.Catalogue sees it, or the key is one that no contact has.
func (i *inference) child(node *sampled, key string) *sampled {
	child := node.children[key]
	if child == nil && !node.mapLike && filter.CheckKey(key) == nil {
		child = i.node()
		node.children[key] = child
		if node.mapLike = i.isMapLike(node); node.mapLike {
			node.children = nil
			return nil
		}
	}
	return child
}

func (i *inference) isMapLike(node *sampled) bool {
	if node == i.root {
		return len(node.children) > db.MaxFields
	}
	return db.HasDataForKeys(maps.Keys(node.children))
}

// reads says whether the text is a value of the kind that loses nothing by becoming one.
func reads(text string, kind filter.Kind) bool {
	text = strings.TrimSpace(text)
	v, err := db.ParseText(text, kind)
	return err == nil && (kind != filter.KindNumber || decimalForm(v) == trimFraction(text))
}

// decimalForm returns the shortest decimal form, without an exponent: a text with one is more likely an identifier.
func decimalForm(number any) string {
	if f, ok := number.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(number)
}

// trimFraction cuts zeros from the end of a fraction: prices are often written with them.
func trimFraction(text string) string {
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// declarations returns, sorted by path, the types to declare in a workspace with the catalogue, and why others that
// were found are not declared. Fields that have a type or are given one, and those of which values of another kind
// are stored, are left as they are.
func (i *inference) declarations(known *db.Catalogue, given []db.FieldDeclaration) (found []db.FieldDeclaration, warnings []string) {
	declared, mapLike := map[string]bool{}, map[string]bool{}
	for _, d := range given {
		declared[d.Path.String()] = true
	}
	for _, f := range known.Fields() {
		declared[f.Path] = declared[f.Path] || f.Type != filter.KindNull
		mapLike[f.Path] = f.MapLike
	}
	var walk func(path string, node *sampled)
	walk = func(path string, node *sampled) {
		if declared[path] || mapLike[path] {
			return
		}
		if kinds := node.could.Kinds(); node.texts > 0 && len(kinds) == 1 {
			others := known.Shape(path) &^ db.ShapeOf(kinds[0], filter.KindNull, filter.KindList)
			parsed, err := filter.ParsePath(path)
			switch {
			case others != 0:
				warnings = append(warnings, fmt.Sprintf("%s looks like %s, but contacts have values of another type there: it is kept as TEXT", path, kinds[0]))
			case err == nil:
				found = append(found, db.FieldDeclaration{Path: parsed, Type: kinds[0]})
			}
		}
		if kind, almost := node.almost(); almost {
			warnings = append(warnings, fmt.Sprintf("%s is kept as TEXT: %d of %d values look like %s, %q does not",
				path, node.read[kind], node.texts, kind, node.odd[kind]))
		}
		for _, key := range slices.Sorted(maps.Keys(node.children)) {
			walk(path+"."+key, node.children[key])
		}
	}
	walk(filter.CustomField, i.root)
	if i.root.mapLike {
		warnings = append(warnings, fmt.Sprintf("the contacts have more than %d custom fields: no types are inferred", db.MaxFields))
	}
	return found, warnings
}
