// Package rar reads and judges authorization_details, by which a client asks for rights in the words of an API: to read the
// balances of one account, or to pay one amount to one creditor (RFC 9396, Rich Authorization Requests).
//
//	types, err := rar.NewTypes(rar.Type{Name: "payment_initiation", Validate: rar.Struct(judgePayment)})
//	details, err := rar.Parse(form.Get("authorization_details"))
//	err = types.Validate(ctx, details)         // an authorization request
//	err = types.Permit(requested, granted)     // what the user granted
//	err = types.Cover(granted, wanted)         // a token request
//	told, err := types.For(granted, audience)  // a resource server
//
// A server knows types, and each [Type] says by functions of the host's what its objects are, and what covers what. All but
// the name may be left out: then an object has the common fields alone, and covers what is equal to it. [Struct] makes the
// judgement of a Go struct, strictly: an object has no field that the struct doesn't have, under exactly that name.
//
// [Detail] is a value that keeps the text that was sent. Nothing is normalised, and no number passes through a float.
// Objects are bounded in size, number and depth, have no member twice and no text that different decoders would read
// differently.
//
// Package fapi uses it by fapi.WithAuthorizationDetails, package resource gives the details of a verified token.
//
// # What it does not check
//
// Whether the client is registered for a type, and what the user thinks of it. What a client wrote may be meant to deceive
// the user or to break the page: show it as text only, without control characters. Errors never hold a value of an object.
//
// # Clauses
//
//	RFC 9396 2    an array of objects with a type          [Parse]                RAR-01, RAR-02
//	RFC 9396 2.2  the common fields and their JSON types   [Parse], [Common]      RAR-04
//	RFC 9396 3    what of the request may be granted       [Types.Permit]         RAR-06
//	RFC 9396 5    unknown types, fields, values            [Types.Validate]       RAR-09
//	RFC 9396 6    token requests                           [Types.Cover]          RAR-10
//	RFC 9396 6.1  comparison is the type's                 [Type], [Each]         RAR-11
//	RFC 9396 7.1  enrichment                               [Types.Permit]         RAR-13
//	RFC 9396 9.1  what concerns an audience                [Types.For]            RAR-16
//	RFC 9396 12   strings as they are                      [Detail.Equal]         RAR-22
package rar
