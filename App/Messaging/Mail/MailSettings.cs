using System.Globalization;
using System.Net;
using Gatehouse.Platform.Settings;

namespace Gatehouse.Messaging.Mail;

/// <summary>How the way to the mail server is protected.</summary>
public enum MailSecurity
{
    /// <summary>Not at all: only to this machine itself.</summary>
    None,

    /// <summary>Begun in the clear and protected before anything is said (RFC 3207); a server that cannot is refused.</summary>
    StartTls,

    /// <summary>From the first byte (RFC 8314).</summary>
    Tls,
}

/// <summary>The mail server of a tenant, as its staff have set it up.</summary>
/// <param name="User">Empty: it is not signed in to.</param>
/// <param name="ReplyTo">Empty: answers go to <paramref name="From"/>.</param>
/// <param name="Dkim">Null: mails are not signed.</param>
public sealed record MailServer(string Host, int Port, MailSecurity Security, string User, string Password, string From, string FromName, string ReplyTo, DkimKey? Dkim = null)
{
    /// <summary>Without its secrets.</summary>
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>What a tenant sets for its mail.</summary>
public static class MailSettings
{
    private static readonly (string Value, string Words)[] Securities =
        [("none", "setting.mail.security.none"), ("starttls", "setting.mail.security.starttls"), ("tls", "setting.mail.security.tls")];

    public static readonly SettingGroup Group = new("mail", Check);

    /// <summary>Empty: mail is not set up.</summary>
    public static readonly SettingDefinition Host = new("mail.host", 110, SettingKind.Text, "", v => Uri.CheckHostName(v) != UriHostNameType.Unknown) { Group = Group, Optional = true };

    public static readonly SettingDefinition Port = new("mail.port", 120, SettingKind.Number, "587",
        v => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535) { Group = Group };

    public static readonly SettingDefinition Security = new("mail.security", 130, SettingKind.Choice, "starttls", _ => true) { Group = Group, Choices = Securities };

    public static readonly SettingDefinition User = new("mail.user", 140, SettingKind.Text, "", _ => true) { Group = Group, Optional = true };

    public static readonly SettingDefinition Password = new("mail.password", 150, SettingKind.Secret, "", _ => true) { Group = Group, Optional = true };

    public static readonly SettingDefinition From = new("mail.from", 160, SettingKind.Text, "", EmailAddress.IsValid) { Group = Group, Optional = true };

    public static readonly SettingDefinition FromName = new("mail.from_name", 170, SettingKind.Text, "", v => v.Length <= 80) { Group = Group, Optional = true };

    public static readonly SettingDefinition ReplyTo = new("mail.reply_to", 180, SettingKind.Text, "", EmailAddress.IsValid) { Group = Group, Optional = true };

    /// <summary>The name that the key for signatures has in the DNS.</summary>
    public static readonly SettingDefinition DkimSelector = new("mail.dkim_selector", 190, SettingKind.Text, "", DkimKey.IsSelector) { Group = Group, Optional = true };

    /// <summary>An RSA key in PEM. Empty: mails are not signed.</summary>
    public static readonly SettingDefinition DkimPem = new("mail.dkim_key", 200, SettingKind.Secret, "", DkimKey.IsValid) { Group = Group, Optional = true, MaxLength = 8000, Lines = true };

    public static readonly IReadOnlyList<SettingDefinition> All = [Host, Port, Security, User, Password, From, FromName, ReplyTo, DkimSelector, DkimPem];

    /// <summary>Is it this machine by its name?</summary>
    internal static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);

    internal static MailSecurity SecurityOf(string value) => value switch { "none" => MailSecurity.None, "tls" => MailSecurity.Tls, _ => MailSecurity.StartTls };

    private static IEnumerable<(SettingDefinition, string)> Check(Func<SettingDefinition, string> value)
    {
        if (value(Host).Length == 0)
            yield break;
        if (value(From).Length == 0)
            yield return (From, "setting.mail.from.required");
        if (SecurityOf(value(Security)) == MailSecurity.None && !IsLoopback(value(Host)))
            yield return (Security, "setting.mail.security.loopback");
        if (value(DkimPem).Length > 0 && value(DkimSelector).Length == 0)
            yield return (DkimSelector, "setting.mail.dkim_selector.required");
    }
}

/// <summary>Whether and how a tenant can send mail.</summary>
public sealed class MailStatus(TenantSettings settings)
{
    /// <summary>Can the tenant send mail? Where it cannot, say so in plain words before somebody waits for one.</summary>
    public async ValueTask<bool> IsSetUp(string tenant)
    {
        await settings.Refresh(tenant);
        return settings.Get(tenant, MailSettings.Host).Length > 0;
    }

    /// <summary>The tenant's mail server; null when mail is not set up.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The password was sealed under another key.</exception>
    internal async ValueTask<MailServer?> Server(string tenant)
    {
        if (!await IsSetUp(tenant))
            return null;
        string Of(SettingDefinition setting) => settings.Get(tenant, setting);
        return new(Of(MailSettings.Host), int.Parse(Of(MailSettings.Port), CultureInfo.InvariantCulture), MailSettings.SecurityOf(Of(MailSettings.Security)), Of(MailSettings.User),
            settings.Secret(tenant, MailSettings.Password), Of(MailSettings.From), Of(MailSettings.FromName) is { Length: > 0 } name ? name : Of(TenantSettings.SiteName), Of(MailSettings.ReplyTo), Dkim(tenant));
    }

    /// <summary>What the DNS has to say so that receivers believe the signatures; null when mails are not signed.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key was sealed under another key.</exception>
    public string? DkimRecord(string tenant) => Dkim(tenant)?.Record(EmailAddress.Domain(settings.Get(tenant, MailSettings.From)));

    private DkimKey? Dkim(string tenant) => settings.Secret(tenant, MailSettings.DkimPem) is { Length: > 0 } pem ? new(settings.Get(tenant, MailSettings.DkimSelector), pem) : null;
}
