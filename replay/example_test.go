package replay_test

import (
	"context"
	"fmt"
	"time"

	"github.com/fosite-fapi/fosite-fapi/replay"
)

func Example() {
	ctx, m := context.Background(), replay.NewMemory(0)
	expires := time.Now().Add(time.Hour)

	for range 2 {
		first, err := m.UseOnce(ctx, "jti:https://as.example.com:client", "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2", expires)
		fmt.Println(first, err)
	}
	// Output:
	// true <nil>
	// false <nil>
}
