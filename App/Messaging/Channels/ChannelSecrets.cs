using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;

namespace Gatehouse.Messaging.Channels;

/// <summary>Parts a channel's values into what may be seen and what is sealed, and puts them together to send.</summary>
public sealed class ChannelSecrets(SecretBox box)
{
    /// <summary>The channel as it is stored.</summary>
    /// <param name="wanted">With what was given among its settings.</param>
    /// <param name="before">Null for a new one.</param>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public Channel Checked(Channel wanted, Channel? before)
    {
        var checks = new FieldChecks();
        if (before is not null && before.Kind != wanted.Kind)
            checks.Wrong("kind", "channels.wrong.kind");
        var (open, secret) = ChannelValues.Kept(checks, wanted.Format!.Fields, ChannelValues.Of(wanted.Settings), before is null ? new Dictionary<string, string>() : SecretsOf(before));
        if (before is null && wanted.Settings == "{}" && checks.Any)
            checks.Wrong("settings", "field.required");
        checks.ThrowIfAny();
        return wanted with
        {
            Settings = ChannelValues.Json(open),
            Secrets = JsonSerializer.Serialize(secret.Keys.ToArray(), ChannelJson.Default.StringArray),
            SealedSecrets = secret.Count == 0 ? "" : box.Seal(Encoding.UTF8.GetBytes(ChannelValues.Json(secret)), ChannelStore.Sealed.Purpose),
        };
    }

    /// <summary>All its values.</summary>
    /// <exception cref="CryptographicException">Its secrets were sealed under another key.</exception>
    public Dictionary<string, string> Values(Channel channel)
    {
        var values = ChannelValues.Of(channel.Settings);
        foreach (var (name, value) in Opened(channel))
            values[name] = value;
        return values;
    }

    private Dictionary<string, string> Opened(Channel channel) =>
        channel.SealedSecrets.Length == 0 ? [] : ChannelValues.Of(Encoding.UTF8.GetString(box.Open(channel.SealedSecrets, ChannelStore.Sealed.Purpose)));

    // Those whose key is lost are given anew.
    private Dictionary<string, string> SecretsOf(Channel channel)
    {
        try
        {
            return Opened(channel);
        }
        catch (CryptographicException)
        {
            return [];
        }
    }
}
