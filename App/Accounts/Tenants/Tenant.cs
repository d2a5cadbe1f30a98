using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Gatehouse.Accounts.Brands;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Accounts.Tenants;

/// <summary>A business in this appliance, apart from all others. Times in unix milliseconds.</summary>
/// <param name="Id">Stable: it stands in the addresses of staff.</param>
/// <param name="Name">For staff.</param>
/// <param name="SiteName">For customers: the setting of that name.</param>
/// <param name="Hosts">Whoever comes by one of these names is on its site.</param>
/// <param name="Languages">What its site speaks.</param>
/// <param name="SignUp">The setting <see cref="SignUpSettings.Mode"/>.</param>
/// <param name="Colour"><c>#rrggbb</c>; empty: the house's.</param>
/// <param name="Logo">The name of its picture; empty: none.</param>
/// <param name="Quotas">Limits by the quotas' names.</param>
/// <param name="State">See <see cref="TenantState"/>.</param>
/// <param name="ClosedAt">Since when it is closed, by the database's clock; null while it is open.</param>
public sealed record Tenant(
    string Id, string Name, string SiteName, IReadOnlyList<string> Hosts, IReadOnlyList<string> Languages, string SignUp, string Colour, string Logo,
    IReadOnlyDictionary<string, long> Quotas, long CreatedAt, long UpdatedAt, string State = TenantState.Open, long? ClosedAt = null);

/// <summary>What clients and forms say of a tenant; what is left out (or null) stays, or has a default.</summary>
/// <param name="Id">Of a new one only: small letters, digits and hyphens. Left out, it is made of the name.</param>
/// <param name="Logo">A PNG, JPEG or WebP in base64; empty takes it away.</param>
/// <param name="Quotas">Limits by name; null takes one away, those that are left out stay.</param>
/// <param name="Closed">True: its site answers nobody and its sessions, tokens and keys are good for nothing, until it is opened again.</param>
public sealed record TenantInput(
    string? Id = null, string? Name = null, string? SiteName = null, IReadOnlyList<string?>? Hosts = null, IReadOnlyList<string?>? Languages = null, string? SignUp = null, string? Colour = null, string? Logo = null,
    IReadOnlyDictionary<string, long?>? Quotas = null, bool? Closed = null);

/// <summary>What may be said of tenants.</summary>
public static partial class TenantRules
{
    public const int MaxId = 40;
    public const int MaxName = 80;
    public const int MaxHosts = 20;
    private const int MaxHost = 253;

    /// <summary>All that the program speaks.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "zh"];

    /// <summary>The tenant as it would be.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public static Tenant Checked(Tenant before, TenantInput wanted, QuotaCatalogue quotas)
    {
        var check = new FieldChecks();
        var after = before with
        {
            Name = wanted.Name is null ? before.Name : check.Text("name", wanted.Name, 1, MaxName),
            SiteName = wanted.SiteName is null ? before.SiteName : SiteName(check, wanted.SiteName),
            Hosts = wanted.Hosts is null ? before.Hosts : Hosts(check, wanted.Hosts),
            Languages = wanted.Languages is null ? before.Languages : Spoken(check, wanted.Languages),
            SignUp = wanted.SignUp is null ? before.SignUp : Mode(check, wanted.SignUp),
            Colour = wanted.Colour is null ? before.Colour : Colour(check, wanted.Colour),
            Logo = wanted.Logo is null ? before.Logo : Image(check, wanted.Logo)?.Name ?? "",
            Quotas = wanted.Quotas is null ? before.Quotas : Limits(check, before.Quotas, wanted.Quotas, quotas),
            State = wanted.Closed switch { true => TenantState.Closed, false => TenantState.Open, null => before.State },
        };
        check.ThrowIfAny();
        return after;
    }

    /// <summary>The id of a new one.</summary>
    /// <param name="made">What it is called when neither id nor name will do, as a name in Chinese.</param>
    /// <exception cref="Refusal">422 on <c>id</c>.</exception>
    public static string NewId(string? wanted, string name, Func<string> made)
    {
        if (string.IsNullOrWhiteSpace(wanted))
            return NoId().Replace(name.ToLowerInvariant(), "-").Trim('-') is { Length: > 0 } slug ? slug[..Math.Min(slug.Length, MaxId)].Trim('-') : made();
        var id = wanted.Trim().ToLowerInvariant();
        return id.Length <= MaxId && IsId().IsMatch(id) ? id : throw Refusal.Field("id", "tenants.field.id");
    }

    private static string SiteName(FieldChecks check, string typed)
    {
        var name = check.Text("site_name", typed, 1, TenantSettings.SiteName.MaxLength);
        if (!check.Has("site_name") && !TenantSettings.SiteName.Valid(name))
            check.Wrong("site_name", $"setting.{TenantSettings.SiteName.Name}.wrong");
        return name;
    }

    private static List<string> Hosts(FieldChecks check, IReadOnlyList<string?> typed)
    {
        var hosts = typed.Select(h => Host(h ?? "")).ToList();
        if (hosts.Contains(null))
            check.Wrong("hosts", "tenants.field.host", typed[hosts.IndexOf(null)] is { Length: <= 80 } short1 ? short1 : "…");
        var known = hosts.OfType<string>().Distinct().ToList();
        if (known.Count > MaxHosts)
            check.Wrong("hosts", "tenants.field.hosts", MaxHosts);
        return known;
    }

    /// <summary>A host name as browsers send it: lower case, without a dot at its end, names in other scripts in ASCII. Null for what is none.</summary>
    internal static string? Host(string typed)
    {
        var host = typed.Trim().TrimEnd('.').ToLowerInvariant();
        if (host.Length is 0 or > MaxHost || host.Any(char.IsControl))
            return null;
        try
        {
            host = new IdnMapping().GetAscii(host).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
        // What has an address for a name, everybody could have.
        return host.Length <= MaxHost && IsHost().IsMatch(host) && !IPAddress.TryParse(host, out _) ? host : null;
    }

    private static List<string> Spoken(FieldChecks check, IReadOnlyList<string?> typed)
    {
        var languages = typed.OfType<string>().Distinct().ToList();
        if (languages.Count == 0)
            check.Wrong("languages", "field.required");
        else if (typed.Any(l => !Languages.Contains(l)))
            check.Wrong("languages", "field.one_of", string.Join(", ", Languages));
        return languages;
    }

    private static string Mode(FieldChecks check, string typed)
    {
        if (SignUpSettings.Mode.Choices.All(c => c.Value != typed))
            check.Wrong("sign_up", "field.one_of", string.Join(", ", SignUpSettings.Mode.Choices.Select(c => c.Value)));
        return typed;
    }

    private static string Colour(FieldChecks check, string typed)
    {
        var colour = typed.Trim().ToLowerInvariant();
        if (colour.Length > 0 && !BrandColour.IsColour(colour))
            check.Wrong("colour", "tenants.field.colour");
        return colour;
    }

    /// <summary>The picture that was given; null for none.</summary>
    internal static BrandImage? Image(FieldChecks check, string typed)
    {
        if (typed.Length == 0)
            return null;
        var bytes = new byte[Math.Min(typed.Length, BrandImage.MaxBytes + 3)];
        if (Convert.TryFromBase64String(typed, bytes, out var length) && BrandImage.Of(bytes[..length]) is { } image)
            return image;
        check.Wrong("logo", "tenants.field.logo", BrandImage.MaxBytes / 1024, BrandImage.MaxSide);
        return null;
    }

    private static Dictionary<string, long> Limits(FieldChecks check, IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long?> wanted, QuotaCatalogue quotas)
    {
        var limits = before.ToDictionary();
        foreach (var (name, most) in wanted)
        {
            if (quotas.Named(name) is null)
                check.Wrong("quotas." + (name.Length > 40 ? name[..40] : name), "field.unknown");
            else if (most is { } number)
                limits[name] = check.Range("quotas." + name, number, 0, Quota.Largest);
            else
                limits.Remove(name);
        }
        return limits;
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*\\z")]
    private static partial Regex IsId();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoId();

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\z")]
    private static partial Regex IsHost();
}

/// <summary>What requests about tenants are refused with.</summary>
public static class TenantErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_TENANT");
    public static readonly ErrorCode Stays = new(409, "TENANT_STAYS");
    public static readonly ErrorCode Open = new(409, "TENANT_OPEN");
    public static readonly ErrorCode Removing = new(409, "TENANT_REMOVING");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, Stays, Open, Removing];
}
