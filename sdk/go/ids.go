package behest

import (
	"crypto/rand"
	"math/big"
	"time"
)

// ids sort by time, and rise within one millisecond (the ULID layout).
type ids struct{ last *big.Int }

const idDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func (i *ids) next() string {
	var random [10]byte
	_, _ = rand.Read(random[:])
	fresh := big.NewInt(time.Now().UnixMilli())
	fresh.Lsh(fresh, 80).Or(fresh, new(big.Int).SetBytes(random[:]))
	if i.last != nil && fresh.Cmp(i.last) <= 0 {
		fresh.Add(i.last, big.NewInt(1))
	}
	i.last = fresh
	value, five, low := new(big.Int).Set(fresh), uint(5), big.NewInt(31)
	var out [26]byte
	for at := len(out) - 1; at >= 0; at-- {
		out[at] = idDigits[new(big.Int).And(value, low).Int64()]
		value.Rsh(value, five)
	}
	return string(out[:])
}
