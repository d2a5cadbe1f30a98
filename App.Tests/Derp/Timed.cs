namespace Gatehouse.Tests.Derp;

/// <summary>Tests of what the product promises in seconds run alone, after those that run beside each other.</summary>
[CollectionDefinition(Collection, DisableParallelization = true)]
public sealed class Timed
{
    public const string Collection = "Relays, timed";
}
