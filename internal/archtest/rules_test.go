package archtest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRulesAreConsistent(t *testing.T) {
	t.Parallel()
	for pkg, p := range leaves {
		assert.NotContains(t, others, pkg)
		for _, rel := range p.first {
			if pkg != "resource" {
				assert.NotContains(t, leaves, rel, "%s: a leaf knows no other", pkg)
			}
			assert.NotEqual(t, "fapi", rel, "%s: a leaf doesn't know the profile", pkg)
		}
	}
	for _, pkg := range append(names(leaves), names(others)...) {
		p, _ := permitOf(pkg)
		for _, rel := range p.first {
			_, listed := permitOf(rel)
			assert.True(t, listed, "%s may import %s, which is not listed", pkg, rel)
		}
	}
	for _, pkg := range unlinked {
		p, listed := permitOf(pkg)
		assert.True(t, listed, pkg)
		for _, f := range append(p.third, p.edge...) {
			assert.NotContains(t, []family{fosite, josev3}, f, "%s must not link it", pkg)
		}
	}
}
