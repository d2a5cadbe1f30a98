using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Gatehouse.Accounts.Logins;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Customers;

/// <summary>A person who buys and uses: no staff. Times in unix milliseconds.</summary>
[JsonConverter(typeof(CustomerConverter))]
public sealed partial record Customer
{
    public const int MaxDisplayName = 80;
    internal const int MaxNote = 2000;
    private const FieldUse Computed = FieldUse.Shown;

    /// <summary>All that <see cref="State"/> may be.</summary>
    public static readonly IReadOnlyList<string> States = ["pending", "active", "locked", "disabled", "leaving"];

    /// <summary>All that is known of a customer, declared once. Reads give <c>@now</c>.</summary>
    public static readonly Fields<Customer> Fields = new Fields<Customer>("accounts", "a")
        .Text("id", c => c.Id, (c, v) => c with { Id = v }, use: FieldUse.Shown | FieldUse.Inserted)
        .Text("username", c => c.Username, (c, v) => c with { Username = v }, CheckUsername)
        .TextOrNull("email", c => c.Email, (c, v) => c with { Email = v }, ContactRules.CheckEmail)
        .TextOrNull("phone", c => c.Phone, (c, v) => c with { Phone = v }, ContactRules.CheckPhone)
        .Text("display_name", c => c.DisplayName, (c, v) => c with { DisplayName = v }, (check, field, v) => check.Text(field, v, 0, MaxDisplayName))
        .Text("language", c => c.Language, (c, v) => c with { Language = v }, ContactRules.CheckLanguage)
        .Text("time_zone", c => c.TimeZone, (c, v) => c with { TimeZone = v }, ContactRules.CheckTimeZone)
        .Text("note", c => c.Note, (c, v) => c with { Note = v }, (check, field, v) => check.Text(field, v, 0, MaxNote, lines: true))
        .Text("sort_name", c => CustomerSort.Name(c.Called), (c, _) => c, use: FieldUse.Stored)
        .Text("state", c => c.State, (c, v) => c with { State = v }, use: Computed, sql: CustomerStore.State)
        .TimeOrNull("locked_until", c => c.LockedUntil, (c, v) => c with { LockedUntil = v }, Computed, CustomerStore.LockedUntil)
        .Time("created_at", c => c.CreatedAt, (c, v) => c with { CreatedAt = v }, FieldUse.Shown | FieldUse.Inserted)
        .TimeOrNull("last_sign_in_at", c => c.LastSignInAt, (c, v) => c with { LastSignInAt = v }, Computed)
        .Number("points", c => c.Points, (c, v) => c with { Points = v }, use: Computed)
        .TimeOrNull("two_factor_at", c => c.TwoFactorAt, (c, v) => c with { TwoFactorAt = v }, Computed, CustomerStore.TwoFactorAt)
        .Flag("has_passkeys", c => c.HasPasskeys, (c, v) => c with { HasPasskeys = v }, Computed, CustomerStore.HasPasskeys)
        .TimeOrNull("disabled_at", c => c.DisabledAt, (c, v) => c with { DisabledAt = v }, Computed)
        .TimeOrNull("leaves_at", c => c.LeavesAt, (c, v) => c with { LeavesAt = v }, Computed)
        .Flag("news", c => c.News, (c, v) => c with { News = v }, default, CustomerStore.News);

    public string Id { get; init; } = "";

    /// <summary>Lower case, unique in the tenant, and no e-mail address and no phone number, so that nobody takes another's for their name. Made up where none was given.</summary>
    public string Username { get; init; } = "";

    public string? Email { get; init; }

    /// <summary>As <see cref="ContactRules.Phone"/> has it.</summary>
    public string? Phone { get; init; }

    /// <summary>What people call them; empty where they did not say.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary><c>en</c> or <c>zh</c>; empty: as the browser asks.</summary>
    public string Language { get; init; } = "";

    /// <summary>A name of the IANA database; empty: the site's.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>For staff alone.</summary>
    public string Note { get; init; } = "";

    /// <summary>One of <see cref="States"/>, as it is at the moment of the read.</summary>
    public string State { get; init; } = "active";

    /// <summary>Until then it is closed to an address, or a browser, that wrong passwords came from.</summary>
    public long? LockedUntil { get; init; }

    public long CreatedAt { get; init; }
    public long? LastSignInAt { get; init; }

    /// <summary>What the last entry of their ledger says.</summary>
    public long Points { get; init; }

    /// <summary>Since when signing in asks for a code as well; null when it does not.</summary>
    public long? TwoFactorAt { get; init; }

    /// <summary>It can be signed in to by a passkey.</summary>
    public bool HasPasskeys { get; init; }

    public long? DisabledAt { get; init; }

    /// <summary>When it is deleted for good, where its owner has asked for that.</summary>
    public long? LeavesAt { get; init; }

    /// <summary>They want mails that are not about the account itself: theirs to say, see <see cref="MailChoices"/>.</summary>
    public bool News { get; init; } = true;

    /// <summary>What staff call this person.</summary>
    public string Called => DisplayName.Length > 0 ? DisplayName : Email ?? Username;

    /// <summary>The names that open the door: all that is known of the account and of no other.</summary>
    public IEnumerable<string> Logins => new[] { Username, Email, Phone }.OfType<string>().Distinct();

    /// <summary>Empty where there is none: one is made up.</summary>
    internal static string CheckUsername(FieldChecks checks, string field, string value)
    {
        var name = value.Trim().ToLowerInvariant();
        if (name.Length > 0 && (!UsernamePattern().IsMatch(name) || ContactRules.Phone(name) is not null))
            checks.Wrong(field, "accounts.field.customer_username");
        return name;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{1,63}$")]
    private static partial Regex UsernamePattern();
}

internal sealed class CustomerConverter() : FieldsConverter<Customer>(Customer.Fields);

/// <summary>A customer as clients send one, whole or in part: described by its fields.</summary>
public sealed record CustomerInput;

/// <param name="Password">The one-time password where the program made one: in the first answer only.</param>
public sealed record CustomerResponse(bool Success, Customer User, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Password = null);

public sealed record CustomerList(bool Success, IReadOnlyList<Customer> Items, string? Next);

/// <param name="Password">Null: one is made up, told in the answer, to be changed at the first sign-in.</param>
public sealed record CustomerPasswordBody(string? Password = null);

/// <summary>JSON of customers. Their own fields are read by <see cref="Customer.Fields"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CustomerInput))]
[JsonSerializable(typeof(CustomerResponse))]
[JsonSerializable(typeof(CustomerList))]
[JsonSerializable(typeof(CustomerPasswordBody))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class CustomerJson : JsonSerializerContext;
