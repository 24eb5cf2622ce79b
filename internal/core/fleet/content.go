package fleet

import (
	"hash/maphash"
	"strconv"
)

// content makes the number by which a page is named to its reader, of what the page shows and
// nothing else. A number that counts the changes of the whole kind would tell everybody how
// much goes on in the namespaces of others. The same content has the same number in one store.
type content struct{ hash maphash.Hash }

func (s *store) content(total int, head []byte) *content {
	c := &content{}
	c.hash.SetSeed(s.seed)
	c.add(strconv.AppendInt(nil, int64(total), 10))
	c.add(head)
	return c
}

// add takes the next part of the page; where a part ends matters.
func (c *content) add(part []byte) {
	_, _ = c.hash.Write(part) // a hash takes everything
	_ = c.hash.WriteByte(0)
}

// seq has 52 bits: JSON's numbers are exact up to 53.
func (c *content) seq() uint64 { return c.hash.Sum64() >> 12 }
