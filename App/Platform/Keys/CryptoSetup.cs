using Gatehouse.Platform.Crypto;

namespace Gatehouse.Platform.Keys;

public static class CryptoSetup
{
    public static IServiceCollection AddCrypto(this IServiceCollection services)
    {
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SealedTexts>();
        services.AddSealed(SigningKeys.Sealed);
        services.AddHostedService<SigningKeyWatch>();
        return services;
    }

    /// <summary>Registers a column of sealed texts, so that rotations and checks of the master key know it; call from a feature's set-up.</summary>
    public static IServiceCollection AddSealed(this IServiceCollection services, SealedColumn column) => services.AddSingleton(column);
}
