using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Fields;

namespace Gatehouse.Accounts.MyAccount;

/// <summary>A customer as they see themselves: without what staff noted.</summary>
[JsonConverter(typeof(OwnAccountConverter))]
public sealed record OwnAccount(Customer Customer)
{
    /// <summary>What is shown.</summary>
    public static readonly Fields<Customer> Fields = WithNews(Customer.Fields.Part("id", "username", "email", "phone", "display_name", "language", "time_zone", "state", "created_at", "last_sign_in_at"));

    /// <summary>What they type on the page of their details. An e-mail address is changed by showing that it is theirs.</summary>
    public static readonly Fields<Customer> Details = Customer.Fields.Part("display_name", "phone", "language", "time_zone");

    /// <summary>What they change by themselves.</summary>
    public static readonly Fields<Customer> Changeable = WithNews(Details.Part("display_name", "phone", "language", "time_zone"));

    private static Fields<Customer> WithNews(Fields<Customer> fields) => fields.Flag("news", c => c.News, (c, v) => c with { News = v }, FieldUse.Set | FieldUse.Shown);
}

internal sealed class OwnAccountConverter : JsonConverter<OwnAccount>
{
    /// <exception cref="NotSupportedException">Always: what customers send is read by <see cref="OwnAccount.Changeable"/>.</exception>
    public override OwnAccount Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, OwnAccount value, JsonSerializerOptions options) => OwnAccount.Fields.WriteJson(writer, value.Customer);
}

/// <summary>What customers change of themselves, as clients send it.</summary>
public sealed record OwnAccountInput;

public sealed record OwnAccountResponse(bool Success, OwnAccount User);

/// <param name="Login">User name, e-mail address or phone number.</param>
/// <param name="Code">Of an authenticator app, or a recovery code, where the account has two-factor sign-in.</param>
public sealed record LoginBody(string? Login = null, string? Password = null, string? Code = null);

/// <param name="ExpiresIn">Seconds; each use moves the end.</param>
public sealed record LoginResponse(bool Success, string AccessToken, string TokenType, long ExpiresIn, OwnAccount User);

public sealed record LogoutResponse(bool Success);

/// <summary>JSON of one's own account.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(OwnAccountInput))]
[JsonSerializable(typeof(OwnAccountResponse))]
[JsonSerializable(typeof(LoginBody))]
[JsonSerializable(typeof(LoginResponse))]
[JsonSerializable(typeof(LogoutResponse))]
internal sealed partial class OwnAccountJson : JsonSerializerContext;
