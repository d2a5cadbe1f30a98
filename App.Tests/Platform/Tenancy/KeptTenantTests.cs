using Gatehouse.Platform.Http;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Tests.Platform.Tenancy;

/// <summary>Links, forms and redirects of the shell keep the tenant; nothing else is touched.</summary>
public sealed class KeptTenantTests
{
    [Theory]
    [InlineData("""<a href="/admin">""", """<a href="/admin?tenant=acme">""")]
    [InlineData("""<a href="/admin/keys?q=a&amp;after=b#top">""", """<a href="/admin/keys?q=a&amp;after=b&amp;tenant=acme#top">""")]
    [InlineData("""<a href="/admin/keys#top" class="x">""", """<a href="/admin/keys?tenant=acme#top" class="x">""")]
    [InlineData("""<a href="/admin?tenant=other">""", """<a href="/admin?tenant=other">""")]
    [InlineData("""<a href="/administer">""", """<a href="/administer">""")]
    [InlineData("""<a href="/news">""", """<a href="/news">""")]
    [InlineData("""<p>="/admin" is an address</p>""", """<p>="/admin?tenant=acme" is an address</p>""")]
    [InlineData("""<p>=&quot;/admin&quot;</p>""", """<p>=&quot;/admin&quot;</p>""")]
    [InlineData("""<form method="post" action="/admin/keys/x" hx-post="/admin/keys/x">""", """<form method="post" action="/admin/keys/x?tenant=acme" hx-post="/admin/keys/x?tenant=acme">""")]
    [InlineData("""<form action="/admin/keys" role="search">""", """<form action="/admin/keys" role="search"><input type="hidden" name="tenant" value="acme">""")]
    [InlineData("""<form role="search">""", """<form role="search"><input type="hidden" name="tenant" value="acme">""")]
    [InlineData("""<form method="post" action="/sign-out">""", """<form method="post" action="/sign-out">""")]
    [InlineData("""<form action="/help">""", """<form action="/help">""")]
    [InlineData("""<button formaction="/admin/x" hx-get="/admin/y">""", """<button formaction="/admin/x?tenant=acme" hx-get="/admin/y?tenant=acme">""")]
    public void A_page_keeps_it(string html, string expected) => Assert.Equal(expected, KeptTenant.In(html, "acme"));

    [Theory]
    [InlineData("/admin", "/admin?tenant=acme")]
    [InlineData("/admin/keys?q=a#b", "/admin/keys?q=a&tenant=acme#b")]
    [InlineData("/admin/keys?tenant=other", "/admin/keys?tenant=other")]
    [InlineData("/sign-in", "/sign-in")]
    [InlineData("/administer", "/administer")]
    public void A_redirect_keeps_it(string path, string expected)
    {
        Assert.Equal(expected, KeptTenant.In(Caller.System with { Kept = "acme" }, path));
        Assert.Equal(path, KeptTenant.In(Caller.System, path));
        Assert.Equal(path, KeptTenant.In((Caller?)null, path));
    }
}
