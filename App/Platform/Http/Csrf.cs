using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Platform.Http;

/// <summary>
/// Guards the pages' unsafe verbs: the request must come from our own origin (Sec-Fetch-Site, else Origin) and carry the token
/// that belongs to the session's cookie, or to the visitor's where there is no session, in the form field <c>_csrf</c> or the header
/// <c>X-CSRF</c>. A failure is 400. With a sign-in or a sign-out the tokens of before are worthless: the session is another, and
/// <see cref="Renew"/> makes the visitor another.
/// The REST faces need none of it: they take no cookies.
/// </summary>
public sealed class Csrf(SecretBox box, Cookies cookies)
{
    public const string Field = "_csrf";
    public const string Header = "X-CSRF";
    private readonly byte[] _key = box.Derive("csrf");

    /// <summary>The token for this session or visitor; gives a visitor a cookie to bind it to when there is none.</summary>
    public string Token(HttpContext ctx)
    {
        if (Bound(ctx) is { } token)
            return token;
        if (ctx.Items.TryGetValue(typeof(Csrf), out var made))
            return (string)made!;
        var id = OpaqueToken.Create();
        cookies.Set(ctx, Cookies.Visitor, id, null);
        token = TokenFor(Cookies.Visitor, id);
        ctx.Items[typeof(Csrf)] = token;
        return token;
    }

    /// <summary>Lets the browser be another visitor from the next page on: it has signed in or out.</summary>
    public void Renew(HttpContext ctx) => cookies.Delete(ctx, Cookies.Visitor);

    /// <exception cref="Refusal">400 CSRF.</exception>
    public async Task Check(HttpContext ctx)
    {
        var request = ctx.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method) || ctx.IsApi())
            return;
        string? token = request.Headers[Header];
        if (string.IsNullOrEmpty(token) && request.HasFormContentType)
            token = (await RequestBody.Form(ctx))[Field];
        if (!FromHere(request) || Bound(ctx) is not { } right || token is null
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(right)))
            throw new Refusal(HttpErrors.Csrf);
    }

    private static bool FromHere(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is "same-origin" or "none";
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    // By the cookie and not by who the caller is: not every endpoint that takes a form asks for that.
    private string? Bound(HttpContext ctx) =>
        cookies.Get(ctx, Cookies.Session) is { } session ? TokenFor(Cookies.Session, session)
        : cookies.Get(ctx, Cookies.Visitor) is { } visitor ? TokenFor(Cookies.Visitor, visitor)
        : null;

    /// <summary>The token that belongs to a cookie of this name and value.</summary>
    internal string TokenFor(string cookie, string value) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{cookie}={value}")));
}

/// <summary>Its forms are posted by others' programs, without a token: what they may do is in their address.</summary>
public sealed record FormsFromElsewhere;

public static class CsrfExtensions
{
    /// <summary>Forms for it need not come from a page of ours. Only for what a secret in the address allows, whoever is signed in.</summary>
    public static T TakesFormsFromElsewhere<T>(this T builder) where T : IEndpointConventionBuilder
    {
        builder.Add(b => b.Metadata.Add(new FormsFromElsewhere()));
        return builder;
    }
}

/// <summary>
/// The product's cookies: <c>__Host-</c>, Secure, HttpOnly, SameSite=Lax over TLS. Over plain HTTP, where browsers keep no
/// Secure cookie, they have neither; that is meant for loopback, and <c>Server:AllowPlainHttp</c> widens it.
/// </summary>
public sealed class Cookies
{
    public const string Session = "gh-session";
    public const string Visitor = "gh-visitor";

    /// <summary>Between the password and the code of one sign-in.</summary>
    public const string HalfSession = "gh-half";

    /// <summary>Tells a browser that has signed in before from strangers.</summary>
    public const string Browser = "gh-browser";

    /// <summary>Whose link led to the shop.</summary>
    public const string Referral = "gh-referral";

    /// <summary>Staff who look at a customer's pages.</summary>
    public const string LookAs = "gh-look";

    public string? Get(HttpContext ctx, string name) => ctx.Request.Cookies[Name(ctx, name)] is { Length: > 0 and < 200 } value ? value : null;

    /// <summary>Sets it for as long as <paramref name="life"/>, or until the browser closes.</summary>
    public void Set(HttpContext ctx, string name, string value, TimeSpan? life) =>
        ctx.Response.Cookies.Append(Name(ctx, name), value, Options(ctx, life));

    public void Delete(HttpContext ctx, string name) => ctx.Response.Cookies.Delete(Name(ctx, name), Options(ctx, null));

    private static string Name(HttpContext ctx, string name) => ctx.Request.IsHttps ? "__Host-" + name : name;

    private static CookieOptions Options(HttpContext ctx, TimeSpan? life) => new()
    {
        Path = "/", HttpOnly = true, Secure = ctx.Request.IsHttps, SameSite = SameSiteMode.Lax, IsEssential = true, MaxAge = life,
    };
}
