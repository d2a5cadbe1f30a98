using Gatehouse.Platform.Features;

namespace Gatehouse.Relays;

/// <summary>Renting relays: servers, rentals and what they let in.</summary>
public sealed class RelaysFeature : Feature
{
}
