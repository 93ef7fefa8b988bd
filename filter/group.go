package filter

// Conjunction returns a node that holds where all of the nodes do, without needless groups.
func Conjunction(nodes ...Node) Node {
	var flat And
	for _, n := range nodes {
		switch n := n.(type) {
		case Const:
			if !n {
				return Const(false)
			}
		case And:
			flat = append(flat, n...)
		default:
			flat = append(flat, n)
		}
	}
	switch len(flat) {
	case 0:
		return Const(true)
	case 1:
		return flat[0]
	}
	return flat
}

// Disjunction returns a node that holds where any of the nodes does, without needless groups.
func Disjunction(nodes ...Node) Node {
	var flat Or
	for _, n := range nodes {
		switch n := n.(type) {
		case Const:
			if n {
				return Const(true)
			}
		case Or:
			flat = append(flat, n...)
		default:
			flat = append(flat, n)
		}
	}
	switch len(flat) {
	case 0:
		return Const(false)
	case 1:
		return flat[0]
	}
	return flat
}

// Complement returns a node that holds where n does not.
func Complement(n Node) Node {
	switch n := n.(type) {
	case Const:
		return !n
	case Not:
		return n.Node
	default:
		return Not{n}
	}
}
