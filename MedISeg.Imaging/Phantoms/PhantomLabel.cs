namespace MedISeg.Imaging.Phantoms;

/// <summary>Labels of <see cref="Phantom.Organs"/>.</summary>
public enum PhantomLabel : byte
{
    /// <summary>Outside the body.</summary>
    Air = 0,
    /// <summary>Inside the body and none of the others: fat, muscle, vessels, spleen, bowel, ribs.</summary>
    Body = 1,
    /// <summary>Vertebrae and discs, without the spinal canal.</summary>
    Spine = 2,
    /// <summary>Both lungs.</summary>
    Lung = 3,
    /// <summary>Liver with its vessels.</summary>
    Liver = 4,
    /// <summary>Left kidney (towards +x in LPS), without the fat of its hilum and without the tumour.</summary>
    LeftKidney = 5,
    /// <summary>Right kidney, without the fat of its hilum and without the tumour.</summary>
    RightKidney = 6,
    /// <summary>Tumour of a kidney.</summary>
    Tumour = 7,
}
