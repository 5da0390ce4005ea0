module github.com/fosite-fapi/fosite-fapi/examples

go 1.25.0

require github.com/fosite-fapi/fosite-fapi v0.0.0-00010101000000-000000000000

replace github.com/fosite-fapi/fosite-fapi => ../
